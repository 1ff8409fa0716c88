// When a new name is taken.

/// What a rename does with whatever has the new name already.
package enum RenameManner: Hashable, Sendable {
  /// It is gone.
  case replacing
  /// It gets the old name, in the same instant.
  case exchanging
  /// The rename fails with EEXIST.
  case notReplacing
}
