// How long a request is kept from 1.0 programs.

/// Learns from the answers how long those of our own programs take: only a request that is answered by none of them is shown
/// to 1.0 programs, and showing it takes longer than most answers.
package struct AnswerPatience: Hashable, Sendable {
  /// About twice what an answer takes where nothing is in its way.
  package static let shortest = Duration.microseconds(50)
  /// A 1.0 program looks every ten milliseconds: it sees a request two looks later at most.
  package static let longest = Duration.milliseconds(10)
  /// So slowly it is forgotten what a slow answer took.
  private static let memory = 256

  /// What the slowest of late took.
  private var slowest = Duration.zero

  package init() {}

  /// How long to wait for the answer to the next request.
  package var duration: Duration { min(max(slowest * 2, Self.shortest), Self.longest) }

  /// Whether it was one of ours that answered last.
  package var isOurs: Bool { slowest > .zero }

  /// One of ours has answered.
  package mutating func answered(after time: Duration) {
    slowest = time > slowest ? min(time, Self.longest) : slowest - (slowest - time) / Self.memory
  }

  /// A 1.0 program has answered, or nobody: the next request is shown soon.
  package mutating func missed() { slowest = .zero }
}
