// Reading, writing, or both.

/// What an open file may be used for.
package enum FileAccess: Hashable, Sendable {
  case reading, writing, readingAndWriting
}
