// A stream that is secured.

internal import LinuxIO

extension StreamCore {
  func secure(by context: TLSContext) throws(TLSError) {
    precondition(onEvent == nil && security == nil && outgoing.count == 0, "a stream is secured once, before all else")
    security = StreamSecurity(try TLSEngine(context))
  }

  /// Gives the handshake its time.
  func beginSecurity(within limit: Duration) {
    security?.begin(on: loop, within: limit) { [weak self] in self?.end(.insecure(.handshakeTooSlow(limit: $0))) }
  }

  /// Tells what has come as far as it is wanted now, and carries over what has to be answered.
  func unseal(_ security: StreamSecurity) {
    let engine = security.engine
    if loop.buffer.isEmpty { loop.buffer = [UInt8](repeating: 0, count: Self.mostAtOnce) }
    while isReading || !isOver && engine.isFailing {
      let event = engine.next(through: &loop.buffer)
      let answer = engine.takeCiphertext()
      outgoing.append(answer)
      if case .secured(let peer) = event {
        security.stopClock()
        tell(.secured(peer))
      } else {
        security.answers += answer.count
      }
      if !answer.isEmpty { flush() }
      switch event {
      case nil: return
      // With it went what was written before.
      case .secured: break
      case .received(let bytes): tell(.received(bytes))
      case .ended:
        hasInputEnded = true
        tell(.inputEnded)
      case .failed(let error): end(.insecure(error))
      }
    }
  }

  /// Goes on with what came before, not within a call on the stream.
  func attendToSecurity() {
    guard let security, security.engine.hasMore, !security.isAwaited, isReading || security.engine.isFailing else {
      return
    }
    security.isAwaited = true
    loop.performUnlessOver {
      guard let security = self.security else { return }
      security.isAwaited = false
      self.unseal(security)
      self.conclude()
      self.attend()
    }
  }
}
