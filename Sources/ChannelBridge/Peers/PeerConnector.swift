// The way to the other end.

package import ChannelSockets
internal import ChannelWires
internal import LinuxIO

/// Comes to an address, to where messages are spoken: connects, secures, and opens a WebSocket, as the address says.
///
/// To be made and used on the loop's thread; it may be let go of on any thread, which breaks it off, and is silent from
/// then on.
package final class PeerConnector {
  private enum State {
    case connecting(StreamConnector?)
    case securing(ByteStream)
    case greeting(ByteStream, WebSocketGreeting, TLSIdentity?)
    case over
  }

  private let address: PeerAddress
  private let introduction: PeerIntroduction
  private let security: TLSContext?
  private let relay = StreamRelay()
  private var state = State.connecting(nil)
  private let loop: Loop
  private let limit: Duration
  private var deadline: LoopTimer?
  private let onEnd: (Result<PeerArrival, PeerFailure>) -> Void

  /// Begins to, with so much time for each step. What comes of it is told once, and not within this call.
  package init(
    to address: PeerAddress,
    introducing introduction: PeerIntroduction,
    securedBy security: TLSContext?,
    limits: StreamLimits,
    within limit: Duration,
    on loop: Loop,
    _ onEnd: @escaping (Result<PeerArrival, PeerFailure>) -> Void
  ) {
    self.address = address
    self.introduction = introduction
    self.security = security
    self.loop = loop
    self.limit = limit
    self.onEnd = onEnd
    state = .connecting(
      StreamConnector(to: address.endpoint, limits: limits, within: limit, on: loop) { [weak self] in self?.came($0) }
    )
  }

  /// Breaks it off, and nothing is told any more.
  package func cancel() {
    switch state {
    case .connecting(let connector): connector?.cancel()
    case .securing(let stream), .greeting(let stream, _, _): stream.close()
    case .over: break
    }
    stop()
  }

  private func came(_ result: Result<ByteStream, SystemError>) {
    let stream: ByteStream
    switch result {
    case .failure(let error): return end(.failure(.unreachable(error)))
    case .success(let reached): stream = reached
    }
    do throws(TLSError) {
      if let security { try stream.secure(by: security) }
    } catch {
      return end(.failure(.insecure(error)))
    }
    relay.onEvent = { [weak self] in self?.meet($0) }
    state = .securing(stream)
    stream.begin { [relay] in relay.onEvent($0) }
    if security == nil { goOn(stream, nil) }
  }

  /// It is known who that is, where that matters.
  private func goOn(_ stream: ByteStream, _ identity: TLSIdentity?) {
    guard case .webSocket(let target) = address.speech else { return arrive(stream, identity) }
    let opening = WebSocketOpening(
      host: address.authority,
      target: introduction.target(target),
      key: WebSocketKey.random(),
      subprotocols: [WebSocketWire.subprotocol],
      headers: introduction.headers
    )
    guard let opening else { preconditionFailure("an address has nothing that cannot be asked for") }
    let greeting = WebSocketGreeting(opening)
    state = .greeting(stream, greeting, identity)
    _ = stream.write(greeting.request)
    // Somebody who says nothing is somebody else's server.
    let timer = LoopTimer(on: loop) { [weak self] in self?.end(.failure(.refused(.silent))) }
    timer.set(after: limit)
    deadline = timer
  }

  private func meet(_ event: StreamEvent) {
    switch (event, state) {
    case (.secured(let who), .securing(let stream)): goOn(stream, who.identity)
    case (.received(let bytes), .greeting(let stream, var greeting, let identity)):
      let outcome = greeting.take(bytes)
      state = .greeting(stream, greeting, identity)
      conclude(outcome, stream, identity)
    case (.inputEnded, .greeting(let stream, var greeting, let identity)):
      conclude(greeting.end(), stream, identity)
    case (.outputRefused(let error), _), (.closed(.failed(let error)), _): end(.failure(.lost(error)))
    case (.closed(.insecure(let error)), _): end(.failure(.insecure(error)))
    case (.closed, _), (.inputEnded, _): end(.failure(.lost(nil)))
    case (.secured, _), (.received, _), (.drained, _): break
    }
  }

  private func conclude(_ outcome: WebSocketGreeting.Outcome, _ stream: ByteStream, _ identity: TLSIdentity?) {
    switch outcome {
    case .pending: break
    case .opened(let rest): arrive(stream, identity, rest)
    case .refused(let fault): end(.failure(.refused(fault)))
    }
  }

  private func arrive(_ stream: ByteStream, _ identity: TLSIdentity?, _ rest: [UInt8] = []) {
    end(.success(PeerArrival(handed: HandedStream(stream, rest: rest, relay), identity: identity)))
  }

  private func end(_ result: Result<PeerArrival, PeerFailure>) {
    if case .over = state { return }
    if case .failure = result {
      switch state {
      case .securing(let stream), .greeting(let stream, _, _): stream.close()
      case .connecting, .over: break
      }
    }
    stop()
    onEnd(result)
  }

  private func stop() {
    state = .over
    deadline = nil
  }
}
