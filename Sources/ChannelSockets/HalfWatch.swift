// One way of a stream on a loop.

internal import LinuxIO

/// Says when one way of a stream can be used: as the kernel tells or, where that is always, in turns with all others.
final class HalfWatch: @unchecked Sendable {
  // @unchecked: it is touched on the loop's thread only.

  private let loop: Loop
  private let onReady: (DescriptorWatch.Readiness) -> Void
  /// Nil of what is always ready, such as a file, and when it is over.
  private var watch: DescriptorWatch?
  private let isAlwaysReady: Bool
  private var interest: DescriptorWatch.Readiness = []
  private var isDue = false

  init(
    on loop: Loop,
    _ half: StreamHalf,
    _ onReady: @escaping (DescriptorWatch.Readiness) -> Void
  ) throws(SystemError) {
    guard !loop.isEnding else { throw .loopIsEnding("uv_poll_init", on: "") }
    self.loop = loop
    self.onReady = onReady
    do throws(SystemError) {
      watch = try half.number.map { number throws(SystemError) in
        try DescriptorWatch(on: loop, number, of: half, for: [], onReady)
      }
      isAlwaysReady = false
    } catch {
      guard error.isAlwaysReady else { throw error }
      watch = nil
      isAlwaysReady = true
    }
  }

  /// Watches for something else from here on; empty: for nothing.
  func watch(for interest: DescriptorWatch.Readiness) {
    guard interest != self.interest else { return }
    self.interest = interest
    if isAlwaysReady { takeTurn() } else { watch?.watch(for: interest) }
  }

  /// Ends it for good: the descriptor may be closed at once.
  func end() {
    interest = []
    watch?.end()
    watch = nil
  }

  private func takeTurn() {
    guard !isDue, !interest.isDisjoint(with: [.readable, .writable]) else { return }
    isDue = true
    // Not as what is ready, all of which is run in one round.
    loop.performUnlessOver { [weak self] in
      guard let self else { return }
      isDue = false
      let ready = interest.intersection([.readable, .writable])
      if !ready.isEmpty { onReady(ready) }
      takeTurn()
    }
  }
}
