// Lines out of a stream that comes in pieces.

/// Cuts what is fed to it into lines of a limited length.
package struct LineCutter: Sendable {
  /// A line is longer than it may be.
  package struct TooLong: Error, Hashable, Sendable {
    package let limit: Int

    package init(limit: Int) {
      self.limit = limit
    }
  }

  private let limit: Int
  private var bytes: [UInt8] = []
  /// Where the first line begins that was not handed out.
  private var start = 0
  /// Before it no line feed was found.
  private var searched = 0

  package init(limit: Int) {
    self.limit = limit
  }

  /// Whether there is the beginning of a line.
  package var hasBegun: Bool { start < bytes.count }

  package mutating func take(_ part: some Collection<UInt8>) {
    if start > 0 {
      bytes.removeFirst(start)
      searched -= start
      start = 0
    }
    bytes += part
  }

  /// What stands behind the last line feed, when no more comes. There is no next line then.
  package mutating func takeRest() -> [UInt8] {
    defer { (bytes, start, searched) = ([], 0, 0) }
    return Array(bytes[start...])
  }

  /// The next line without its line feed; nil when it is not there yet. After an error there is no next one.
  package mutating func next() throws(TooLong) -> [UInt8]? {
    guard let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
      searched = bytes.count
      guard bytes.count - start <= limit else { throw TooLong(limit: limit) }
      return nil
    }
    guard end - start <= limit else { throw TooLong(limit: limit) }
    defer { (start, searched) = (end + 1, end + 1) }
    return Array(bytes[start..<end])
  }
}
