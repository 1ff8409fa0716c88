// What a publication found in its place.

/// How a file came to stand at its name, and what became of the one before it.
package enum Publication: Sendable {
  /// Nothing was there.
  case created
  /// The file that was expected came back, and is removed.
  case replaced(FileStamp)
  /// Something else came back: a thief published meanwhile. It waits in staging.
  case displaced(DisplacedFile)
}
