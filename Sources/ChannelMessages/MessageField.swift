/// A key of a message that protocol 1.0 does not know, kept for whoever does.
public struct MessageField: Sendable, Hashable {
  /// The key.
  public let name: String
  /// What stands under it.
  public var value: JSONText

  /// A key and its value; nil when protocol 1.0 knows the key: it stands in the message itself, and twice would make the
  /// message unreadable.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - value: What stands under it.
  public init?(name: String, value: JSONText) {
    guard JSONError.Key(rawValue: name) == nil else { return nil }
    self.init(unknown: name, value: value)
  }

  /// A key that a scanner has found to be none that protocol 1.0 knows.
  init(unknown name: String, value: JSONText) {
    self.name = name
    self.value = value
  }
}
