// What lives on the loop of a connector.

internal import LinuxIO

/// A connector from its beginning to its end. The loop holds it until then.
final class ConnectorCore: LoopResident, @unchecked Sendable {
  // @unchecked: it is touched on the loop's thread only; `letGo` goes there.

  /// So long one address is alone before the next is tried beside it.
  private static let headStart = Duration.milliseconds(250)
  private static let shortestPause = Duration.milliseconds(1)
  private static let longestPause = Duration.milliseconds(100)

  /// A socket on its way.
  private final class Attempt {
    let address: SocketAddress
    let socket: StreamSocket
    var watch: DescriptorWatch?

    init(_ address: SocketAddress, _ socket: StreamSocket) {
      self.address = address
      self.socket = socket
    }

    /// To be done before the socket is closed, or given to somebody who watches it.
    func endWatch() {
      watch?.end()
      watch = nil
    }
  }

  /// What came of trying an address.
  private enum Beginning {
    /// It will tell.
    case underWay
    /// Nobody can be asked for it now, but may be in a moment.
    case refusedForNow
    case failed
    /// All is told.
    case over
  }

  let loop: Loop
  private let endpoint: Endpoint
  private let limits: StreamLimits
  /// Nil when it is over.
  private var onEnd: ((Result<ByteStream, SystemError>) -> Void)?
  private var deadline: LoopTimer?
  /// The name of which the addresses are still looked up.
  private var nameAsked: String?
  /// Those that were not tried yet.
  private var rest: ArraySlice<SocketAddress> = []
  private var attempts: [Attempt] = []
  /// When the next is tried.
  private var next: LoopTimer?
  private var pause = ConnectorCore.shortestPause
  /// What is told when nothing comes of any.
  private var failure: SystemError?

  init(
    _ endpoint: Endpoint,
    _ limits: StreamLimits,
    within limit: Duration,
    on loop: Loop,
    _ onEnd: @escaping (Result<ByteStream, SystemError>) -> Void
  ) {
    loop.requireOwnThread()
    self.loop = loop
    self.endpoint = endpoint
    self.limits = limits
    self.onEnd = onEnd
    guard !loop.isEnding else {
      loop.perform { self.loopEnds() }
      return
    }
    loop.residents[ObjectIdentifier(self)] = self
    deadline = LoopTimer(on: loop) { [weak self] in self?.expire() }
    deadline?.set(after: limit)
    next = LoopTimer(on: loop) { [weak self] in self?.tryNext() }
    loop.perform { [weak self] in self?.start() }
  }

  // MARK: Where to

  private func start() {
    guard onEnd != nil else { return }
    do throws(SystemError) {
      switch endpoint {
      case .path(let path, _): go([try SocketAddress(path: path)])
      case .abstract(let name): go([try SocketAddress(abstract: name)])
      case .tcp(let host, let port):
        if let addresses = endpoint.addresses { go(addresses) } else { lookUp(host, port) }
      case .descriptor(let number, isLent: false):
        if !take(try StreamSocket(adopting: number), at: "\(endpoint)") { tryNext() }
      case .descriptor(_, isLent: true): throw .cannotBeReached(endpoint)
      case .fifos(let input, let output):
        let fifos = (try Fifo(at: input), try Fifo(at: output))
        end(.success(try ByteStream(reading: fifos.0, writing: fifos.1, limits: limits, on: loop)))
      case .queues(let input, let output):
        let core = try StreamCore(readingQueue: input, writingQueue: output, limits, on: loop)
        end(.success(ByteStream(core)))
      case .standard: end(.success(try .standard(limits: limits, on: loop)))
      case .program(let words): end(.success(try .program(words, limits: limits, on: loop)))
      }
    } catch {
      end(.failure(error))
    }
  }

  private func lookUp(_ host: String, _ port: UInt16) {
    nameAsked = host
    NameLookup.ask(for: host, port: port) { [weak self, loop] answer in
      loop.performUnlessOver { [weak self] in
        guard let self, onEnd != nil else { return }
        nameAsked = nil
        switch answer {
        case .success(let addresses): go(SocketAddress.alternating(addresses))
        case .failure(let error): end(.failure(error))
        }
      }
    }
  }

  private func go(_ addresses: [SocketAddress]) {
    rest = addresses[...]
    tryNext()
  }

  // MARK: The way

  /// Tries the next, and those that follow when it fails at once.
  private func tryNext() {
    while let address = rest.popFirst() {
      switch begin(address) {
      case .failed: continue
      case .over: return
      case .underWay:
        if !rest.isEmpty { next?.set(after: Self.headStart) }
        return
      case .refusedForNow:
        rest = [address]
        next?.set(after: pause)
        pause = min(pause * 2, Self.longestPause)
        return
      }
    }
    if attempts.isEmpty { end(.failure(failure ?? .connectRefused("\(endpoint)"))) }
  }

  private func begin(_ address: SocketAddress) -> Beginning {
    do throws(SystemError) {
      let (socket, isUnderWay) = try StreamSocket.begin(to: address)
      guard isUnderWay, let number = socket.number else { return take(socket, at: "\(address)") ? .over : .failed }
      let attempt = Attempt(address, socket)
      attempt.watch = try DescriptorWatch(on: loop, number, of: socket, for: .writable) { [weak self, weak attempt] in
        guard let self, let attempt else { return }
        arrive(attempt, hasFailed: $0 == .failed)
      }
      attempts.append(attempt)
      return .underWay
    } catch {
      // As many wait there as may.
      if address.family == .unix, error.isForTheMoment { return .refusedForNow }
      note(error)
      return .failed
    }
  }

  /// It can be written to, or never will.
  private func arrive(_ attempt: Attempt, hasFailed: Bool) {
    attempts.removeAll { $0 === attempt }
    attempt.endWatch()
    let place = "\(attempt.address)"
    if let error = attempt.socket.takeError() {
      note(SystemError("connect", on: place, code: error.code))
    } else if hasFailed {
      note(.connectRefused(place))
    } else if take(attempt.socket, at: place) {
      return
    }
    tryNext()
  }

  /// Makes a stream of a socket that has arrived, unless that is nobody's.
  private func take(_ socket: StreamSocket, at place: String) -> Bool {
    guard !socket.isJoinedToItself else {
      socket.close()
      note(.connectRefused(place))
      return false
    }
    socket.tend()
    do throws(SystemError) {
      let stream = try StreamCore(socket, limits, on: loop) {}
      end(.success(ByteStream(stream)))
    } catch {
      end(.failure(error))
    }
    return true
  }

  /// Keeps the error that says most.
  private func note(_ error: SystemError) {
    if failure?.isWayMissing ?? true { failure = error }
  }

  // MARK: Its end

  private func expire() {
    end(.failure(nameAsked.map { .timedOut("getaddrinfo", on: $0) } ?? .timedOut("connect", on: "\(endpoint)")))
  }

  private func end(_ result: Result<ByteStream, SystemError>) {
    guard let onEnd else { return }
    close()
    onEnd(result)
  }

  func close() {
    onEnd = nil
    deadline = nil
    next = nil
    rest = []
    for attempt in attempts {
      attempt.endWatch()
      attempt.socket.close()
    }
    attempts = []
    loop.residents[ObjectIdentifier(self)] = nil
  }

  /// Nobody is interested in it any more.
  func letGo() {
    if loop.isOwnThread {
      close()
    } else {
      loop.performUnlessOver { self.close() }
    }
  }

  func loopEnds() { end(.failure(.loopIsEnding("connect", on: "\(endpoint)"))) }
}
