// Which way through a front door.

/// What somebody may do with a channel.
package enum AccessDirection: String, Hashable, Sendable, CaseIterable {
  /// Send to it.
  case inward = "in"
  /// Receive from it.
  case outward = "out"
}
