// Answers on their way to one peer.

/// How many bytes of its answers a peer has not taken yet.
struct PendingAnswers: Hashable, Sendable {
  /// Of those that wait for room.
  private(set) var waiting = 0
  /// Of those that were written, as far as that is known.
  private(set) var written = 0

  var byteCount: Int { waiting + written }

  /// One waits for room.
  mutating func begin(_ count: Int) { waiting += count }

  /// It waits no more, and so much of all that was written is still to be taken: no more of answers can be among that. A
  /// stream that always has something to do is never empty.
  mutating func end(_ count: Int, untaken: Int) {
    waiting -= count
    written = min(written + count, untaken)
  }

  /// All that was written is taken.
  mutating func drained() { written = 0 }
}
