// Numbers as they lie in files and in hashed texts: lowest byte first.

extension [UInt8] {
  /// Appends a number.
  @inlinable
  package mutating func append<Number: FixedWidthInteger>(littleEndian value: Number) {
    // Safe: they are the number's own bytes, and only read.
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }

  /// The number that lies at `offset`; its bytes must be there.
  @inlinable
  package func littleEndian<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type = Number.self) -> Number {
    precondition(offset >= 0 && offset <= count - MemoryLayout<Number>.size, "the bytes of a number are there")
    // Safe: the range was checked just above, and every pattern of bits is a number.
    return unsafe withUnsafeBytes { unsafe Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
  }

  /// Puts a number over what lies at `offset`.
  @inlinable
  package mutating func put<Number: FixedWidthInteger>(_ value: Number, at offset: Int) {
    precondition(offset >= 0 && offset <= count - MemoryLayout<Number>.size, "the bytes of a number are there")
    // Safe: the range was checked just above.
    unsafe withUnsafeMutableBytes {
      unsafe $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Number.self)
    }
  }
}
