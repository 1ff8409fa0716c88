// By what a message in a window is recognised.

/// Tells an element of a window from all others, whoever rewrote the window.
package enum ElementIdentity: Hashable, Sendable {
  /// One of ours: its id proves the seq.
  case own(SequenceNumber)
  /// Anybody else's, by its hash.
  case foreign(UInt64)
}
