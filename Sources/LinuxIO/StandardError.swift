// The one way of a library to say something that nobody asked for.

internal import Glibc

/// Standard error, written at once and whole.
package enum StandardError {
  package static func write(_ text: String) {
    var text = text
    // Where standard error is closed nobody listens.
    text.withUTF8 { bytes in _ = unsafe Glibc.write(2, bytes.baseAddress, bytes.count) }
  }
}
