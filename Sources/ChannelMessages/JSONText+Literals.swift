// JSON written down in a program's text.

extension JSONText: ExpressibleByBooleanLiteral {
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) {
    self.init(trusted: Array((value ? "true" : "false").utf8))
  }
}

extension JSONText: ExpressibleByIntegerLiteral {
  /// A whole number.
  public init(integerLiteral value: Int64) {
    self.init(trusted: Array(String(value).utf8))
  }
}

extension JSONText: ExpressibleByFloatLiteral {
  /// A number, in the fewest digits that mean the same.
  public init(floatLiteral value: Double) {
    precondition(value.isFinite, "JSON has no number for \(value)")
    self.init(trusted: Array(String(value).utf8))
  }
}

extension JSONText: ExpressibleByStringInterpolation {
  /// A JSON string: the text is its value, and no JSON of its own.
  public init(stringLiteral value: String) {
    var writer = JSONWriter(reservingCapacity: value.utf8.count + 2)
    writer.string(value)
    self.init(trusted: writer.bytes)
  }
}

extension JSONText: ExpressibleByArrayLiteral {
  /// An array of values.
  public init(arrayLiteral elements: JSONText...) {
    var writer = JSONWriter(reservingCapacity: 64)
    writer.beginArray()
    for element in elements { writer.raw(element) }
    writer.endArray()
    self.init(trusted: writer.bytes)
  }
}

extension JSONText: ExpressibleByDictionaryLiteral {
  /// An object, its keys in the order in which they stand.
  public init(dictionaryLiteral elements: (String, JSONText)...) {
    var writer = JSONWriter(reservingCapacity: 64)
    writer.beginObject()
    for (key, value) in elements {
      writer.key(key)
      writer.raw(value)
    }
    writer.endObject()
    self.init(trusted: writer.bytes)
  }
}
