/// One element of an array of messages.
package struct MessageElement: Hashable, Sendable {
  package enum Content: Hashable, Sendable {
    case message(MessageIndex)
    /// Well-formed JSON that is no message; offset and reason say what it lacks.
    case unreadable(JSONError)
  }

  let bytes: ByteRange
  package let content: Content

  @inline(__always)
  init(bytes: ByteRange, content: Content) {
    self.bytes = bytes
    self.content = content
  }

  /// Where it stands in the scanned bytes.
  package var range: Range<Int> { bytes.range }

  /// Its parts, when it is a message.
  package var message: MessageIndex? {
    switch content {
    case .message(let index): index
    case .unreadable: nil
    }
  }
}
