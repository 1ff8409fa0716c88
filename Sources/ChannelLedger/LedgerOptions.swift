// How much a ledger keeps, and what it survives.

/// What a ledger may be told when it is opened.
package struct LedgerOptions: Sendable, Hashable {
  /// What a commit survives.
  package enum Durability: Sendable, Hashable {
    /// The end of the process at any instant. A power loss may cost the newest commits, back to the last time when the
    /// log was written back: a request may then run a second time, and a dead letter be missing.
    case process
    /// A power loss as well: each commit waits for the disk.
    case power
    /// The end of the process, and nothing ever waits for the disk, not even when the log is written back, which a busy
    /// disk can make last a second. A power loss may damage all of it; it is then moved aside and begun anew.
    case processWithoutFlush
  }

  package var durability: Durability

  /// How many dead letters are kept, and how many bytes of messages in them; the oldest go.
  package var letterLimit = 10_000
  package var letterByteLimit = 256 << 20

  /// For how long the outcome of a request is known, from when it settled.
  package var requestAge = Duration.seconds(24 * 60 * 60)
  /// How many requests are known, and how many bytes of outcomes; the oldest that are settled go. So many keys take
  /// 3 MB of memory, and a few more twice as much.
  package var requestLimit = 90_000
  package var requestByteLimit = 256 << 20

  /// How many steps of messages are kept, and how many of them may wait to be written.
  package var stepLimit = 100_000
  package var waitingStepLimit = 4_096

  package init(durability: Durability = .process) {
    self.durability = durability
  }
}
