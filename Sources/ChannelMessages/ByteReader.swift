/// Reads little-endian numbers and stretches of bytes one after the other; nil, and no step, where too few are left.
package struct ByteReader: Sendable {
  private let bytes: [UInt8]
  private let end: Int
  /// Where the next read begins.
  package private(set) var position: Int

  package init(_ bytes: [UInt8]) { self.init(bytes, in: 0..<bytes.count) }

  /// Reads a part of an array only.
  package init(_ bytes: [UInt8], in range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range is not inside of the bytes")
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The number of bytes not read yet.
  package var remaining: Int { end - position }

  package mutating func uint8() -> UInt8? { number(1).map { UInt8(truncatingIfNeeded: $0) } }
  package mutating func uint16() -> UInt16? { number(2).map { UInt16(truncatingIfNeeded: $0) } }
  package mutating func uint32() -> UInt32? { number(4).map { UInt32(truncatingIfNeeded: $0) } }
  package mutating func uint64() -> UInt64? { number(8) }

  /// A copy of the next bytes.
  package mutating func array(_ count: Int) -> [UInt8]? { range(count).map { [UInt8](bytes[$0]) } }

  /// Where the next bytes stand.
  package mutating func range(_ count: Int) -> Range<Int>? {
    guard count >= 0, count <= remaining else { return nil }
    let start = position
    position += count
    return start..<position
  }

  private mutating func number(_ size: Int) -> UInt64? {
    guard let range = range(size) else { return nil }
    return ScanBytes.lend(bytes.span) { $0.prefix(range.lowerBound, size) }
  }
}
