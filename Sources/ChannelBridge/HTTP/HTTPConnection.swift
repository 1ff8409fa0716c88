// One who speaks HTTP with a server.

internal import ChannelSockets
internal import ChannelWires

/// A connection of HTTP: its requests are answered one after the other. It lives on the loop of its stream.
final class HTTPConnection {
  private enum State {
    /// Nothing is to be answered.
    case listening
    /// One request is being answered, and nothing more is read.
    case answering(HTTPRequest)
    /// The last answer was given; what still comes is dropped.
    case lingering
  }

  private static let mostWaiting = 4

  private let stream: ByteStream
  private let relay = StreamRelay()
  private let limits: HTTPServerLimits
  private let timer: LoopTimer
  private var reader: HTTPRequestReader
  private var state = State.listening
  /// Requests that came with the one that is being answered, and what ends them.
  private var waiting: [HTTPRequestReader.Event] = []
  private var hasInputEnded = false
  /// Whether nothing is answered after what is being answered.
  private var isParting = false
  /// Who it is.
  var caller: HTTPCaller
  /// Gives away a request that is to be answered.
  private let onRequest: (HTTPRequest) -> Void
  /// Whether the head was looked at of the request that is still to come whole.
  private var hasShownHead = false
  /// Says by the head of a request what it is refused with, before its body is there.
  private let judge: (HTTPRequest) -> HTTPResponse?

  /// `onPatience` is called when it has taken too long.
  init(
    _ stream: ByteStream,
    _ caller: HTTPCaller,
    _ limits: HTTPServerLimits,
    knowsUpgrades: Bool,
    methods: Set<HTTPMethod>,
    on loop: Loop,
    onPatience: @escaping () -> Void,
    judgingHeads judge: @escaping (HTTPRequest) -> HTTPResponse?,
    onRequest: @escaping (HTTPRequest) -> Void
  ) {
    self.judge = judge
    self.stream = stream
    self.caller = caller
    self.limits = limits
    self.onRequest = onRequest
    reader = HTTPRequestReader(bodyLimit: limits.body, methods: methods, stopsAtUpgrade: knowsUpgrades)
    timer = LoopTimer(on: loop, onPatience)
    // From the first moment on, however slowly a request comes.
    timer.set(after: limits.patience)
  }

  /// Tells what happens to it.
  func begin(_ onEvent: @escaping (StreamEvent) -> Void) {
    relay.onEvent = onEvent
    stream.begin { [relay] in relay.onEvent($0) }
  }

  func take(_ bytes: [UInt8]) {
    if case .lingering = state { return }
    let events = reader.take(bytes)
    waiting += events
    if !events.isEmpty { hasShownHead = false }
    if case .answering = state { attend() } else { goOn() }
  }

  func inputEnded() {
    hasInputEnded = true
    switch state {
    case .listening: finish()
    // Mostly nobody waits for the answer any more, and there are others who would like the place.
    case .answering: timer.set(after: limits.patience)
    case .lingering: break
    }
  }

  /// The request that is being answered.
  var answered: HTTPRequest? {
    if case .answering(let request) = state { request } else { nil }
  }

  /// Answers the request that was given away.
  func answer(_ response: HTTPResponse) {
    guard case .answering(let request) = state else { return }
    // Where an upgrade is not made somebody on the way may take what follows for something else than requests.
    let wasUpgrade = reader.isWaiting && waiting.isEmpty
    let isLast = isParting || !request.keepsAlive || wasUpgrade
    _ = stream.write(response.encoded(answering: request, keepsAlive: !isLast))
    timer.set(after: limits.patience)
    state = .listening
    if isLast {
      finish()
    } else {
      goOn()
    }
  }

  /// Answers nothing more than what is being answered.
  func part() {
    isParting = true
    if case .listening = state { finish() }
  }

  /// Answers with a head behind which no HTTP is spoken any more, and gives the connection away; nil when nothing was to be
  /// answered.
  func handOver(head: [UInt8]) -> HandedStream? {
    guard case .answering = state else { return nil }
    // Whoever comes again finds what holds now.
    if isParting {
      stream.close()
      return nil
    }
    _ = stream.write(head)
    timer.cancel()
    state = .lingering
    return HandedStream(stream, rest: reader.takeRest(), relay)
  }

  /// All that was said is on its way.
  func drained() {
    switch state {
    case .listening: goOn()
    case .answering: break
    case .lingering: timer.set(after: limits.lingering)
    }
  }

  /// Says so where it is waited for, and answers whether anything is left to be waited for.
  func runOutOfPatience() -> Bool {
    switch state {
    case .listening where reader.isWithinRequest && stream.waitingCount == 0:
      refuse(HTTPResponse(.timeout, text: "the request takes too long\n"))
      return true
    case .listening, .answering, .lingering:
      stream.close()
      return false
    }
  }

  func close() { stream.close() }

  /// Takes the next request when the one before it is out of the way.
  private func goOn() {
    guard case .listening = state, stream.waitingCount == 0 else { return stream.pauseReading() }
    guard !waiting.isEmpty else {
      if hasInputEnded { finish() } else { readOn() }
      return
    }
    switch waiting.removeFirst() {
    case .request(let request):
      state = .answering(request)
      timer.set(after: limits.answering)
      attend()
      onRequest(request)
    case .refused(let refusal): refuse(HTTPResponse(refusal))
    }
  }

  /// Has the rest of a request come, where nothing is known against it: else anybody could have us hold his body.
  private func readOn() {
    if !hasShownHead, let head = reader.head {
      hasShownHead = true
      if let response = judge(head) { return refuse(response) }
    }
    stream.resumeReading()
  }

  /// Reads on while an answer is made, so that it is seen when whoever asked has gone, as long as few requests wait.
  private func attend() {
    if waiting.count < Self.mostWaiting, !reader.isWaiting { stream.resumeReading() } else { stream.pauseReading() }
  }

  private func refuse(_ response: HTTPResponse) {
    _ = stream.write(response.encoded(answering: nil, keepsAlive: false))
    finish()
  }

  /// Nothing more is said. Whoever is still talking has a moment to notice: a connection that is closed while something is
  /// unread is broken off, and the other end may lose the answer.
  private func finish() {
    state = .lingering
    waiting = []
    stream.finishWriting()
    stream.resumeReading()
    timer.set(after: stream.waitingCount > 0 ? limits.patience : limits.lingering)
  }
}
