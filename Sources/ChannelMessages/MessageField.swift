/// A key of a message that protocol 1.0 does not know, kept for whoever does.
public struct MessageField: Sendable, Hashable {
  /// The key.
  public var name: String
  /// What stands under it.
  public var value: JSONText

  /// A key and its value.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - value: What stands under it.
  public init(name: String, value: JSONText) {
    self.name = name
    self.value = value
  }
}
