// Whether a person looks on.

internal import Glibc

/// The terminals behind our streams.
package enum Terminal {
  package struct Size: Sendable, Hashable {
    package let columns: Int
    package let rows: Int

    package init(columns: Int, rows: Int) {
      self.columns = columns
      self.rows = rows
    }
  }

  package static func isBehind(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// How many columns it has; nil when there is none, or it does not know.
  package static func columns(behind descriptor: Int32) -> Int? { look(descriptor)?.columns }

  /// How large it is; nil when there is none, or it does not know.
  package static func size(behind descriptor: Int32) -> Size? {
    look(descriptor).flatMap { $0.rows > 0 ? $0 : nil }
  }

  private static func look(_ descriptor: Int32) -> Size? {
    var size = winsize()
    let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Size(columns: Int(size.ws_col), rows: Int(size.ws_row)) : nil
  }
}
