// A server of HTTP.

package import ChannelSockets
package import ChannelWires
package import LinuxIO

/// Listens at an endpoint, and gives each request to whoever answers them. It lives on the loop of its owner.
package final class HTTPServer {
  /// What happens.
  package enum Event {
    /// A request that is to be answered, and the connection that it came on.
    case request(HTTPRequest, from: HTTPCaller, of: UInt64)
    /// Somebody was closed out, because as many were connected as may be. It is told once, until one could be let in
    /// again.
    case full
    /// Nobody can be let in now; it is tried again and again.
    case paused(SystemError)
  }

  private let loop: Loop
  private let limits: HTTPServerLimits
  /// Of connections to come.
  var security: TLSContext?
  private let knowsUpgrades: Bool
  private let methods: Set<HTTPMethod>
  private let judge: (HTTPRequest, HTTPCaller) -> HTTPResponse?
  private let onEvent: (Event) -> Void
  private var listener: StreamListener?
  private var connections: [UInt64: HTTPConnection] = [:]
  private var lastConnection: UInt64 = 0
  private var hasSaidFull = false

  /// Listens from here on. Whoever knows upgrades hands over what asks for one, or answers that it is not made. A request
  /// whose body is still to come is judged by its head: what that answers ends the connection.
  package init(
    at endpoint: Endpoint,
    securedBy security: TLSContext? = nil,
    knowsUpgrades: Bool = false,
    methods: Set<HTTPMethod> = HTTPMethod.usual,
    on loop: Loop,
    limits: HTTPServerLimits,
    judgingHeads judge: @escaping (HTTPRequest, HTTPCaller) -> HTTPResponse? = { _, _ in nil },
    _ onEvent: @escaping (Event) -> Void
  ) throws(SystemError) {
    self.judge = judge
    self.loop = loop
    self.limits = limits
    self.security = security
    self.knowsUpgrades = knowsUpgrades
    self.methods = methods
    self.onEvent = onEvent
    listener = try StreamListener(
      at: endpoint,
      limits: ListenerLimits(connections: limits.connections, stream: limits.stream),
      on: loop
    ) { [weak self] in self?.hear($0) }
  }

  /// The port that it listens at; nil of a Unix socket.
  package var port: UInt16? { listener?.port }

  /// So many are connected and were not handed over.
  package var connectionCount: Int { connections.count }

  /// Answers a request, if its connection is still there.
  package func answer(_ number: UInt64, _ response: HTTPResponse) { connections[number]?.answer(response) }

  /// Answers it with a head behind which no HTTP is spoken any more, and gives the connection away; nil when it is not there
  /// any more.
  package func handOver(_ number: UInt64, head: [UInt8]) -> HandedStream? {
    guard let handed = connections[number]?.handOver(head: head) else { return nil }
    connections[number] = nil
    return handed
  }

  /// Has whoever is connected come again: what is being answered is answered, and nothing after that.
  func partFromAll() {
    for connection in connections.values { connection.part() }
  }

  /// Answers all that is still being answered in this way, and nothing after it.
  func answerAll(_ answer: (HTTPRequest) -> HTTPResponse) {
    partFromAll()
    for connection in connections.values {
      if let request = connection.answered { connection.answer(answer(request)) }
    }
  }

  /// Lets nobody in any more.
  package func closeDoor() {
    listener?.close()
    listener = nil
  }

  /// Lets nobody in any more, and breaks off what is connected and was not handed over.
  package func close() {
    closeDoor()
    for connection in connections.values { connection.close() }
    connections = [:]
  }

  // MARK: Connections

  private func hear(_ event: ListenerEvent) {
    switch event {
    case .connected(let stream, let who):
      // So somebody has left: also one who was given away, of whom nothing is heard here.
      hasSaidFull = false
      welcome(stream, HTTPCaller(who))
    case .refused:
      guard !hasSaidFull else { return }
      hasSaidFull = true
      onEvent(.full)
    case .paused(let error): onEvent(.paused(error))
    }
  }

  private func welcome(_ stream: ByteStream, _ caller: HTTPCaller) {
    lastConnection += 1
    let number = lastConnection
    do throws(TLSError) {
      if let security { try stream.secure(by: security) }
    } catch {
      // Only where memory has run out: nobody can be told, and he comes again.
      return stream.close()
    }
    let connection = HTTPConnection(
      stream,
      caller,
      limits,
      knowsUpgrades: knowsUpgrades,
      methods: methods,
      on: loop,
      onPatience: { [weak self] in self?.runOutOfPatience(number) },
      judgingHeads: { [weak self] in self?.refusal(ofHead: $0, of: number) },
      onRequest: { [weak self] in self?.request($0, of: number) }
    )
    connections[number] = connection
    connection.begin { [weak self] in self?.hear($0, from: number) }
  }

  private func refusal(ofHead head: HTTPRequest, of number: UInt64) -> HTTPResponse? {
    connections[number].flatMap { judge(head, $0.caller) }
  }

  private func request(_ request: HTTPRequest, of number: UInt64) {
    guard let caller = connections[number]?.caller else { return }
    onEvent(.request(request, from: caller, of: number))
  }

  private func hear(_ event: StreamEvent, from number: UInt64) {
    guard let connection = connections[number] else { return }
    switch event {
    case .received(let bytes): connection.take(bytes)
    case .inputEnded: connection.inputEnded()
    case .drained: connection.drained()
    case .secured(let who): connection.caller.certificate = who.identity
    case .outputRefused:
      connection.close()
      connections[number] = nil
    case .closed: connections[number] = nil
    }
  }

  private func runOutOfPatience(_ number: UInt64) {
    if connections[number]?.runOutOfPatience() == false { connections[number] = nil }
  }
}
