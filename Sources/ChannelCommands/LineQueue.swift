// Lines from a stream that comes in pieces.

/// Cuts what is fed to it into lines, and hands out those that are there.
package struct LineQueue: Sendable {
  private var bytes: [UInt8] = []
  private var start = 0
  /// Before it no line feed was found.
  private var searched = 0
  private var hasEnded = false

  package init() {}

  /// Longer lines fit in no message.
  package var isTooLong: Bool { bytes.count - start > InputBytes.limit }

  package mutating func feed(_ part: [UInt8]) {
    if start > 0 {
      bytes.removeFirst(start)
      searched -= start
      start = 0
    }
    bytes += part
  }

  /// Nothing more comes: what is left is a line, even without a line feed.
  package mutating func end() { hasEnded = true }

  /// The next line without its line feed; nil when it is not there yet.
  package mutating func next() -> [UInt8]? {
    if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
      defer { (start, searched) = (end + 1, end + 1) }
      return Array(bytes[start..<end])
    }
    searched = bytes.count
    guard hasEnded, start < bytes.count else { return nil }
    defer { start = bytes.count }
    return Array(bytes[start...])
  }
}
