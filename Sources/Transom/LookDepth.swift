// How thoroughly a journal is looked at.

/// Looks in increasing order of what they cost and what they see.
enum LookDepth: Comparable, Sendable {
  /// Only what was read from the journal already.
  case atHand
  /// Besides, whether more lies behind that: one call. For a thread that looks again and again before anybody said that
  /// there is something; whatever else befell the journal there will be a notice of.
  case glance
  /// Besides, whether the file that is read is still there and as long: what there is to see after a notice that it
  /// changed.
  case file
  /// Besides, whether the journal goes on in another file, and whether its folder is still there.
  case thorough
}
