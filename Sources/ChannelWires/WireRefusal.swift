// Why nothing more is read of a stream.

/// What is wrong with what came.
package struct WireRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  /// For whoever wrote the other end: what is wrong, and where.
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
