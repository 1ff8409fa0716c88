extension Message {
  /// Reads one element: a whole text that is one message, in either form, white space around it allowed.
  package init(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    self.init(try MessageIndex(element: bytes, limits: limits), in: bytes)
  }

  /// Makes the message that a scanner has found in these very bytes.
  package init(_ index: MessageIndex, in bytes: [UInt8]) { self.init(index, in: bytes.span) }

  /// Makes the message that a scanner has found in these very bytes.
  package init(_ index: MessageIndex, in bytes: Span<UInt8>) {
    // The scanner lets no text through that cannot be decoded.
    id = JSONString.decode(bytes, index.id) ?? ""
    timestamp = index.timestamp
    kind = index.kind
    replyTo = if let place = index.replyTo { JSONString.decode(bytes, place) } else { nil }
    method = if let place = index.method { JSONString.decode(bytes, place) } else { nil }
    payload = JSONText(trusted: bytes.copy(index.payload))
    error = if let place = index.error { JSONString.decode(bytes, place) } else { nil }
    unknownFields = index.hasUnknownKeys ? Message.unknownFields(of: index, in: bytes) : []
  }

  /// The message as compact JSON on one line: known keys in protocol 1.0's order, then the others in their own. What
  /// is absent is left out.
  package func encode() -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: payload.bytes.count + 160)
    encode(into: &writer)
    return writer.bytes
  }

  /// Appends the message to what a writer holds.
  package func encode(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.key(written: "\"id\":")
    writer.string(id)
    writer.key(written: "\"timestamp\":")
    writer.integer(timestamp)
    Self.encodeRest(
      into: &writer,
      kind: kind,
      replyTo: replyTo,
      method: method,
      payload: payload,
      error: error,
      unknownFields: unknownFields
    )
  }

  /// Appends what stands behind a message's id and time.
  package static func encodeRest(
    into writer: inout JSONWriter,
    kind: MessageKind,
    replyTo: String?,
    method: String?,
    payload: JSONText,
    error: String?,
    unknownFields: [MessageField]
  ) {
    writer.key(written: "\"type\":")
    writer.string(kind.rawValue)
    if let replyTo {
      writer.key(written: "\"reply_to\":")
      writer.string(replyTo)
    }
    if let method {
      writer.key(written: "\"method\":")
      writer.string(method)
    }
    writer.key(written: "\"payload\":")
    writer.compact(payload)
    if let error {
      writer.key(written: "\"error\":")
      writer.string(error)
    }
    for field in unknownFields {
      writer.key(field.name)
      writer.compact(field.value)
    }
    writer.endObject()
  }

  /// Walks over the message's own keys once more; only a message that has unknown ones pays for it.
  private static func unknownFields(of index: MessageIndex, in span: Span<UInt8>) -> [MessageField] {
    var found: [(key: ByteRange, value: ByteRange)] = []
    ScanBytes.lend(span) { bytes in
      // Nothing throws here: the scanner went the same way.
      _ = try? collectUnknown(of: index, in: bytes, into: &found)
    }
    return found.map { place in
      MessageField(
        unknown: JSONString.decode(span, place.key.range) ?? "",
        value: JSONText(trusted: span.copy(place.value.range))
      )
    }
  }

  private static func collectUnknown(
    of index: MessageIndex,
    in bytes: ScanBytes,
    into found: inout [(key: ByteRange, value: ByteRange)]
  ) throws(JSONError) {
    var walker = ValueWalker(bytes, depthLimit: .max, findsDuplicates: false)
    walker.beginMessage()
    var at = bytes.skipBlanks(index.range.lowerBound + 1)
    while at < index.range.upperBound, bytes[at] == UInt8(ascii: "\"") {
      let key = try bytes.string(at + 1)
      let value = try bytes.colon(key.quote + 1)
      let end = try walker.walk(value, isPayload: false)
      if KnownKeys.find(bytes, at + 1, key) == nil {
        found.append((ByteRange(at + 1, key.quote), ByteRange(value, end)))
      }
      at = bytes.skipBlanks(end)
      if bytes[at] == UInt8(ascii: ",") { at = bytes.skipBlanks(at + 1) }
    }
  }
}

extension MessageIndex {
  /// Reads one element: a whole text that is one message, white space around it allowed.
  package init(element bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    try self.init(element: bytes.span, limits: limits)
  }

  /// Reads one element: a whole text that is one message, white space around it allowed. Keys that come twice without
  /// harm are looked for only for who asks; that takes a fifth of the time.
  package init(
    element bytes: Span<UInt8>,
    limits: JSONLimits = .standard,
    findsDuplicates: Bool = true
  ) throws(JSONError) {
    let element = try ScanBytes.lend(bytes) { text throws(JSONError) -> MessageElement in
      try text.check(limits)
      var scanner = MessageScanner(text, depthLimit: limits.depth, findsDuplicates: findsDuplicates)
      let element = try scanner.scan(text.skipBlanks(0))
      let rest = text.skipBlanks(element.range.upperBound)
      guard rest == text.count else { throw JSONError(offset: rest, reason: .junkAfterEnd) }
      return element
    }
    if let invalid = UTF8Check.firstInvalid(bytes) { throw JSONError(offset: invalid, reason: .invalidUTF8) }
    switch element.content {
    case .message(let index): self = index
    case .unreadable(let error): throw error
    }
  }
}

extension Span<UInt8> {
  /// A copy of a part.
  func copy(_ range: Range<Int>) -> [UInt8] {
    // Safe: the buffer is only read, within the closure.
    unsafe extracting(range).withUnsafeBufferPointer { unsafe [UInt8]($0) }
  }
}
