/// A range of a text of less than 4 GiB, in eight bytes; an absent one begins at the largest number.
struct ByteRange: Hashable, Sendable {
  var start: UInt32
  var end: UInt32

  static let absent = ByteRange(start: .max, end: .max)

  @inline(__always)
  init(start: UInt32, end: UInt32) {
    self.start = start
    self.end = end
  }

  /// The limit on a text's length, checked before anything is scanned, makes both fit.
  @inline(__always)
  init(_ start: Int, _ end: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
  }

  @inline(__always)
  var isAbsent: Bool { start == .max }

  @inline(__always)
  var range: Range<Int> { Int(start)..<Int(end) }

  @inline(__always)
  var optional: Range<Int>? { isAbsent ? nil : range }
}
