// What somebody may want to know who runs something.

/// One line for people.
package protocol Notice: CustomStringConvertible, Sendable {
  /// Whether somebody may have to do something about it.
  var isTrouble: Bool { get }
}
