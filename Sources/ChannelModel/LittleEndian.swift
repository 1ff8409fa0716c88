// Integers as they lie in our files.

extension [UInt8] {
  /// The integer that lies at `offset`; its bytes must be there.
  func integer<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type = Value.self) -> Value {
    var value: Value = 0
    for place in (0..<MemoryLayout<Value>.size).reversed() {
      value = value << 8 | Value(truncatingIfNeeded: self[offset + place])
    }
    return value
  }

  mutating func append(integer value: some FixedWidthInteger) {
    for place in 0..<(value.bitWidth / 8) {
      append(UInt8(truncatingIfNeeded: value >> (8 * place)))
    }
  }

  /// Puts an integer over what lies at `offset`.
  mutating func put(_ value: some FixedWidthInteger, at offset: Int) {
    for place in 0..<(value.bitWidth / 8) {
      self[offset + place] = UInt8(truncatingIfNeeded: value >> (8 * place))
    }
  }
}
