// What strangers do to a channel.

/// One kind of damage, done again and again until the round ends.
enum Intrusion: String, CaseIterable, Sendable {
  /// Writes the window in place, slowly and with a message of its own, from a copy that grows old meanwhile.
  case torn
  /// Empties the window in place.
  case clear
  /// Puts an old copy with a message of its own in the window's place, without the lock.
  case stale
  /// Removes the 1.0 lock, whoever has it.
  case thief
  /// Removes files of ours.
  case deleter
  /// Writes random bytes into the window.
  case damage

  /// Whether the window may be unreadable meanwhile.
  var tears: Bool { self == .torn || self == .damage }

  /// Whether who is just reading the window may find its end too early.
  var cuts: Bool { tears || self == .clear }

  /// Whether messages of 1.0 programs may be gone before any program of ours could see them.
  var losesForeign: Bool { self != .deleter }
}
