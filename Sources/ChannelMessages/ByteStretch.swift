// Comparing parts of texts at the speed of words.

/// Questions about stretches of bytes that are too slow to ask byte by byte.
package enum ByteStretch {
  /// Whether the stretch of one text stands in another from an offset on; false where the other ends before.
  package static func matches(_ bytes: [UInt8], _ stretch: Range<Int>, in other: [UInt8], at offset: Int) -> Bool {
    guard offset >= 0, stretch.count <= other.count - offset else { return false }
    let first = bytes.span.extracting(stretch)
    let second = other.span.extracting(offset..<offset + stretch.count)
    return ScanBytes.lend(first) { first in ScanBytes.lend(second) { first.isEqual(to: $0) } }
  }
}
