// A program that takes messages.

package import ChannelMessages

/// Which messages a handler takes, what it runs for them, and within which limits.
package struct HandlerSetting: Sendable, Hashable {
  /// How the program meets its messages.
  package enum Manner: String, Sendable, Hashable, CaseIterable {
    /// It is run once for each, with the payload on its standard input.
    case run
    /// It is kept running, and speaks one JSON message a line.
    case worker
  }

  /// How long before each further attempt: it doubles from the first to the longest.
  package struct Backoff: Sendable, Hashable {
    package var first = Duration.seconds(1)
    package var longest = Duration.seconds(60)

    package init() {}
  }

  /// What it is called in logs, metrics and the ledger; no two have the same.
  package var name: String
  package var manner: Manner
  /// The program and its arguments.
  package var command: [String]
  /// Patterns for a channel's path below its root; `*` stands for anything.
  package var channels = ["*"]
  /// The side that it takes messages of: what the other side sent.
  package var side = Side.backend
  /// Patterns for methods of requests; none are taken when empty.
  package var methods: [String] = []
  /// Patterns for names of events; none are taken when empty.
  package var events: [String] = []
  /// So many messages at once, one at least: processes, or messages in the hands of the one worker.
  package var concurrency = 1
  /// So many messages a second at most, more than none; nil for no limit.
  package var rate: Double?
  /// How long one message may take, from when a program gets it; and how long one waits while no worker can be had.
  package var timeLimit = Duration.seconds(30)
  /// What is left to a program between TERM and KILL.
  package var grace = Duration.seconds(5)
  /// So often a message is tried whose handler wants it later, or, but for a request that is not repeatable, has died under
  /// it for reasons of its own. Then an event is set aside, and a request answered with an error.
  package var attempts = 5
  package var backoff = Backoff()
  /// The most bytes of an answer.
  package var outputLimit = 1 << 20
  /// The most bytes of address space; nil for no limit.
  package var memoryLimit: UInt64?
  /// Whether what was running when the daemon died may be run again.
  package var isRepeatable = false
  /// Variables besides those that the daemon was given.
  package var environment: [String: String] = [:]
  /// Where it works; nil: where the daemon does.
  package var directory: String?

  package init(name: String, manner: Manner, command: [String]) {
    self.name = name
    self.manner = manner
    self.command = command
  }
}
