// Why somebody is left.

/// What the last words on a wire are about.
package enum Farewell: Sendable, Hashable, CaseIterable {
  /// Nothing more comes from here, or for now.
  case ending
  /// Another one has come by the name under which things are kept for this one, and has them from now on.
  case replaced
  /// Whoever that is may not be here any more.
  case dismissed
}
