// An element that stands elsewhere in another text.

extension MessageElement {
  /// The same element in a text where its bytes stand `distance` further on.
  package func moved(by distance: Int) -> MessageElement {
    let content: Content =
      switch self.content {
      case .message(let index): .message(index.moved(by: distance))
      case .unreadable(let error): .unreadable(JSONError(offset: error.offset + distance, reason: error.reason))
      }
    return MessageElement(bytes: bytes.moved(by: distance), content: content)
  }
}

extension MessageIndex {
  fileprivate func moved(by distance: Int) -> MessageIndex {
    var moved = self
    moved.element = element.moved(by: distance)
    moved.idBytes = idBytes.moved(by: distance)
    moved.replyToBytes = replyToBytes.moved(by: distance)
    moved.methodBytes = methodBytes.moved(by: distance)
    moved.payloadBytes = payloadBytes.moved(by: distance)
    moved.errorBytes = errorBytes.moved(by: distance)
    if hazard != nil { moved.hazardOffset = UInt32(Int(hazardOffset) + distance) }
    if duplicateKeyOffset != nil { moved.duplicateOffset = UInt32(Int(duplicateOffset) + distance) }
    return moved
  }
}

extension ByteRange {
  fileprivate func moved(by distance: Int) -> ByteRange {
    isAbsent ? self : ByteRange(Int(start) + distance, Int(end) + distance)
  }
}
