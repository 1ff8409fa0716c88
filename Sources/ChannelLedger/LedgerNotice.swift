// What a ledger does that somebody should hear of.

/// Something that a ledger did by itself, for the daemon's log.
package enum LedgerNotice: Sendable, Hashable {
  /// The database was damaged; it was moved there whole, and another was begun.
  case movedAside(to: String, because: String)
  /// So many of the oldest dead letters went, because there is room for no more.
  case lettersDropped(Int)
  /// So many steps of messages could not be kept since it last took all: the database did not take them in time.
  case stepsLost(Int)
}

extension LedgerNotice: CustomStringConvertible {
  package var description: String {
    switch self {
    case .movedAside(let path, let reason):
      "the ledger \(reason); it was moved to \(path), with the dead letters and results in it, and is begun anew"
    case .lettersDropped(let count):
      "\(count == 1 ? "the oldest dead letter was" : "the \(count) oldest dead letters were") dropped: there is no room"
    case .stepsLost(let count):
      "\(count == 1 ? "one step" : "\(count) steps") of messages could not be kept for `transom trace`"
    }
  }
}
