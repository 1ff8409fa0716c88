// What a secured stream has beside one that is not.

/// The engine between a socket and its user, with what only a stream knows of it.
final class StreamSecurity {
  private static let mostAnswers = 64 << 10

  let engine: TLSEngine
  /// How much it had to answer by itself that is not on its way yet.
  var answers = 0
  /// Whether the loop will come back to it.
  var isAwaited = false
  private var clock: LoopTimer?

  init(_ engine: TLSEngine) {
    self.engine = engine
  }

  /// Calls back when the handshake has taken too long.
  func begin(on loop: Loop, within limit: Duration, _ onFire: @escaping (Duration) -> Void) {
    let clock = LoopTimer(on: loop) { onFire(limit) }
    clock.set(after: limit)
    self.clock = clock
  }

  func stopClock() { clock = nil }

  /// What goes out for this; nothing yet while it is not known who is there.
  func seal(_ bytes: [UInt8]) -> [UInt8] {
    engine.write(bytes)
    return engine.takeCiphertext()
  }

  /// What goes out to say that nothing more comes.
  func sealEnd() -> [UInt8] {
    engine.finish()
    return engine.takeCiphertext()
  }

  /// Whether more is wanted. Whoever makes it answer and does not read that is read no more.
  func isReading(isPaused: Bool) -> Bool { answers <= Self.mostAnswers && (!isPaused || engine.isHandshaking) }
}
