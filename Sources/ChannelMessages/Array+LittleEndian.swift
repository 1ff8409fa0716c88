// Numbers as they lie in files and in hashed texts: lowest byte first.

extension [UInt8] {
  /// Appends a number.
  @inlinable
  package mutating func append<Number: FixedWidthInteger>(littleEndian value: Number) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// The number that lies at `offset`; its bytes must be there.
  @inlinable
  package func littleEndian<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type = Number.self) -> Number {
    var value: Number = 0
    for place in 0..<MemoryLayout<Number>.size {
      value |= Number(truncatingIfNeeded: self[offset + place]) << (8 * place)
    }
    return value
  }

  /// Puts a number over what lies at `offset`.
  @inlinable
  package mutating func put<Number: FixedWidthInteger>(_ value: Number, at offset: Int) {
    for place in 0..<MemoryLayout<Number>.size {
      self[offset + place] = UInt8(truncatingIfNeeded: value >> (8 * place))
    }
  }
}
