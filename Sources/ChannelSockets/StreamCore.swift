// What lives on the loop of a stream.

internal import CUv
internal import LinuxIO

/// A stream from its beginning to its end.
///
/// The loop holds it until then.
final class StreamCore: LoopResident, @unchecked Sendable {
  // @unchecked: it is touched on the loop's thread only; `letGo` goes there.

  /// So much is read before others have their turn, and gathered before it is written.
  static let mostAtOnce = 64 << 10

  /// What has become of our half.
  private enum Output {
    case open
    /// The other end was told that nothing more comes.
    case finished
    /// The other end reads no more.
    case refused(SystemError)
  }

  /// What the carrier calls, which does not hold the stream.
  private final class Ear {
    weak var core: StreamCore?
  }

  let loop: Loop
  private let limits: StreamLimits
  /// Nil before the beginning and after the end.
  var onEvent: ((StreamEvent) -> Void)?
  /// Called when the descriptor is closed.
  private var onRelease: (() -> Void)?
  private let carrier: StreamCarrier
  var isOver = false
  private var interest: DescriptorWatch.Readiness = []
  var isPaused = false
  var hasInputEnded = false
  private var output = Output.open
  var outgoing = OutgoingBytes()
  /// Whether it is to be told when there is room again.
  private var owesDrained = false
  /// Whether something was given to the kernel in this round: what follows in it is gathered, and given in one piece.
  var hasGiven = false
  var isGathering = false
  /// Stands between what carries it and the user of a stream that is secured.
  var security: StreamSecurity?

  /// What carries it is made with what is to be called when that is ready.
  private init(
    _ limits: StreamLimits,
    on loop: Loop,
    _ onRelease: @escaping () -> Void,
    over makeCarrier: (@escaping (DescriptorWatch.Readiness) -> Void) throws(SystemError) -> StreamCarrier
  ) throws(SystemError) {
    loop.requireOwnThread()
    self.loop = loop
    self.limits = limits
    let ear = Ear()
    carrier = try makeCarrier { ear.core?.serve($0) }
    ear.core = self
    self.onRelease = onRelease
    loop.residents[ObjectIdentifier(self)] = self
  }

  convenience init(
    _ socket: StreamSocket,
    _ limits: StreamLimits,
    on loop: Loop,
    _ onRelease: @escaping () -> Void
  ) throws(SystemError) {
    guard let number = socket.number else { throw SystemError("uv_poll_init", code: -UV_EBADF.rawValue) }
    try self.init(limits, on: loop, onRelease) { onReady throws(SystemError) in
      .socket(socket, try DescriptorWatch(on: loop, number, of: socket, for: [], onReady))
    }
  }

  convenience init(
    _ input: StreamHalf,
    _ output: StreamHalves.Output,
    of program: StreamProgram? = nil,
    _ limits: StreamLimits,
    on loop: Loop
  ) throws(SystemError) {
    try self.init(limits, on: loop, {}) { onReady throws(SystemError) in
      .halves(try StreamHalves(input, output, of: program, on: loop, onReady))
    }
  }

  convenience init(
    readingQueue input: String,
    writingQueue output: String,
    _ limits: StreamLimits,
    on loop: Loop
  ) throws(SystemError) {
    try self.init(limits, on: loop, {}) { onReady throws(SystemError) in
      .queues(try StreamQueues(reading: input, writing: output, on: loop, onReady))
    }
  }

  func begin(_ onEvent: @escaping (StreamEvent) -> Void) {
    precondition(self.onEvent == nil, "a stream is begun once")
    guard !isOver else { return }
    self.onEvent = onEvent
    carrier.begin()
    beginSecurity(within: limits.handshake)
    attend()
  }

  var peer: PeerCredentials? { carrier.peer }

  var afterword: String? { carrier.afterword }

  var lineLimit: Int? { carrier.lineLimit }

  var outputError: SystemError? { if case .refused(let error) = output { error } else { nil } }

  var waitingCount: Int { outgoing.count + (security?.engine.waitingCount ?? 0) }

  // MARK: What is called

  func write(_ bytes: [UInt8]) -> ByteStream.Writing {
    guard !isOver, case .open = output, !outgoing.isFinal else { return .closed }
    if bytes.isEmpty { return .taken }
    let isFirst = waitingCount == 0
    let count = security == nil ? bytes.count : TLSEngine.sealedCount(bytes.count)
    guard isFirst || count <= limits.highWater - waitingCount else {
      owesDrained = true
      return .full
    }
    outgoing.append(security?.seal(bytes) ?? bytes)
    if isFirst, hasGiven, bytes.count < Self.mostAtOnce {
      gather()
    } else if isFirst || (isGathering && outgoing.count >= Self.mostAtOnce) {
      if let error = give() {
        refuse(error)
        concludeLater()
        return .closed
      }
      noteGiven()
    }
    if waitingCount > limits.lowWater { owesDrained = true }
    attend()
    return .taken
  }

  func setPaused(_ isPaused: Bool) {
    self.isPaused = isPaused
    attend()
  }

  func finishWriting() {
    guard !isOver, case .open = output, !outgoing.isFinal else { return }
    outgoing.isFinal = true
    if let security {
      let isFirst = waitingCount == 0
      outgoing.append(security.sealEnd())
      if isFirst, let error = give() { refuse(error) }
    }
    guard waitingCount == 0 else { return attend() }
    finishOutput()
    concludeLater()
  }

  // MARK: What happens

  private func serve(_ readiness: DescriptorWatch.Readiness) {
    if readiness == .failed {
      interest = []
      fail()
    } else {
      if readiness.contains(.readable), isReading { _ = receive() }
      if readiness.contains(.writable), outgoing.count > 0 { flush() }
    }
    conclude()
    attend()
  }

  /// It was broken off: what came before is taken first.
  private func fail() {
    if carrier.failsAsOne { while isReading, receive() {} }
    guard !isOver else { return }
    guard let error = carrier.takeError() else {
      // Both ways are over: whoever had the other end is gone.
      if hasInputEnded { loseOutput(.brokenPipe) }
      return
    }
    // Whoever reads no more now learns the rest when it does.
    loseOutput(error)
  }

  private func loseOutput(_ error: SystemError) {
    guard case .open = output else { return }
    refuse(error)
    tell(.outputRefused(error))
  }

  var isReading: Bool {
    guard !isOver, onEvent != nil, !hasInputEnded else { return false }
    return security?.isReading(isPaused: isPaused) ?? !isPaused
  }

  /// Takes what came, and says whether there may be more.
  private func receive() -> Bool {
    if loop.buffer.isEmpty { loop.buffer = [UInt8](repeating: 0, count: Self.mostAtOnce) }
    do throws(SystemError) {
      switch try carrier.read(into: &loop.buffer) {
      case .wouldBlock: return false
      case .moved(let count):
        if let security {
          security.engine.take(loop.buffer.prefix(count))
          unseal(security)
        } else {
          tell(.received(Array(loop.buffer.prefix(count))))
        }
        return true
      case .ended:
        if let security {
          security.engine.takeEnd()
          unseal(security)
          return false
        }
        hasInputEnded = true
        tell(.inputEnded)
        return false
      }
    } catch {
      end(.failed(error))
      return false
    }
  }

  func flush() {
    if let error = give() {
      loseOutput(error)
      return
    }
    if outgoing.count == 0 { security?.answers = 0 }
    if owesDrained, waitingCount <= limits.lowWater {
      owesDrained = false
      tell(.drained)
    }
    if outgoing.isFinal, waitingCount == 0 { finishOutput() }
  }

  /// Gives what the other end takes now, and says what is wrong when it takes nothing any more.
  func give() -> SystemError? {
    var failure: SystemError?
    let goesOn = outgoing.flush {
      do throws(SystemError) {
        return try carrier.write($0)
      } catch {
        failure = error
        return .ended
      }
    }
    return goesOn ? nil : failure ?? .brokenPipe
  }

  private func finishOutput() {
    guard case .open = output else { return }
    carrier.finishWriting()
    output = .finished
  }

  private func refuse(_ error: SystemError) {
    outgoing.drop()
    owesDrained = false
    output = .refused(error)
  }

  /// Watches for what matters now.
  func attend() {
    guard !isOver else { return }
    attendToSecurity()
    var wanted: DescriptorWatch.Readiness = []
    if isReading { wanted.insert(.readable) }
    if outgoing.count > 0, !isGathering { wanted.insert(.writable) }
    // Reading does not tell any more when it is broken off.
    if hasInputEnded, wanted.isEmpty { wanted = .broken }
    guard wanted != interest else { return }
    interest = wanted
    carrier.watch(for: wanted)
  }

  func tell(_ event: StreamEvent) {
    onEvent?(event)
  }

  // MARK: Its end

  /// Ends it when both halves have.
  func conclude() {
    guard hasInputEnded, !isOver else { return }
    switch output {
    case .open: break
    case .finished: end(.finished)
    case .refused(let error): end(.failed(error))
    }
  }

  /// The same, not within a call on the stream.
  private func concludeLater() {
    guard hasInputEnded else { return attend() }
    loop.performUnlessOver { self.conclude() }
  }

  func end(_ end: StreamEnd) {
    guard !isOver else { return }
    let onEvent = onEvent
    release()
    onEvent?(.closed(end))
  }

  private func release() {
    onEvent = nil
    isOver = true
    security?.stopClock()
    carrier.close()
    outgoing.drop()
    loop.residents[ObjectIdentifier(self)] = nil
    let onRelease = onRelease.take()
    onRelease?()
  }

  /// Nobody is interested in it any more.
  func letGo() {
    if loop.isOwnThread {
      abandon()
    } else {
      loop.performUnlessOver { self.abandon() }
    }
  }

  func abandon() {
    guard !isOver else { return }
    // It was as good as written.
    if isGathering { _ = give() }
    release()
  }

  func loopEnds() { end(.loopEnded) }
}
