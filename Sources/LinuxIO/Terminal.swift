// Whether a person looks on.

internal import Glibc

/// The terminals behind our streams.
package enum Terminal {
  package static func isBehind(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// How many columns it has; nil when there is none, or it does not know.
  package static func columns(behind descriptor: Int32) -> Int? {
    var size = winsize()
    let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : nil
  }
}
