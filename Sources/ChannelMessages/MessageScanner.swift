/// Reads one element of an array of messages: finds its parts when it is a message, else says what it lacks, and in
/// either case checks the grammar up to its end.
struct MessageScanner: ~Copyable {
  private let bytes: ScanBytes
  private var walker: ValueWalker
  private var index = MessageIndex()
  /// The first thing that makes the element no message.
  private var problem: JSONError?
  /// The known keys that were there, one bit each.
  private var seen: UInt8 = 0

  init(_ bytes: ScanBytes, depthLimit: Int, findsDuplicates: Bool) {
    self.bytes = bytes
    walker = ValueWalker(bytes, depthLimit: depthLimit, findsDuplicates: findsDuplicates)
  }

  /// Scans the element that begins at `start`, white space already skipped.
  @inline(__always)
  mutating func scan(_ start: Int) throws(JSONError) -> MessageElement {
    index = MessageIndex()
    problem = nil
    seen = 0
    walker.beginMessage()
    let end: Int
    switch bytes[start] {
    case UInt8(ascii: "{"): end = try scanObject(start)
    case UInt8(ascii: "["): end = try scanArray(start)
    default:
      end = try walker.walk(start, isPayload: false)
      fail(start, .notAMessage)
    }
    walker.endMessage()
    if let tooDeep = walker.tooDeep { fail(tooDeep, .tooDeep) }
    let range = ByteRange(start, end)
    if let problem { return MessageElement(bytes: range, content: .unreadable(problem)) }
    index.element = range
    index.hazardKind = walker.hazard
    index.hazardOffset = walker.hazardOffset
    index.duplicateOffset = walker.duplicate
    return MessageElement(bytes: range, content: .message(index))
  }

  /// Notes a problem, unless there is one that stands before it.
  @inline(never)
  private mutating func fail(_ at: Int, _ reason: JSONError.Reason) {
    if let problem, problem.offset <= at { return }
    problem = JSONError(offset: at, reason: reason)
  }

  // MARK: The object form

  private mutating func scanObject(_ start: Int) throws(JSONError) -> Int {
    var at = bytes.skipBlanks(start &+ 1)
    if bytes[at] == UInt8(ascii: "}") {
      fail(start, .missingKey(.id))
      return at &+ 1
    }
    while true {
      guard bytes[at] == UInt8(ascii: "\"") else { throw bytes.misplaced(at, .expectedKey) }
      let end = try bytes.string(at &+ 1)
      let known = KnownKeys.find(bytes, at &+ 1, end)
      let value = try bytes.colon(end.quote &+ 1)
      if let known {
        let bit: UInt8 = 1 &<< known.number
        if seen & bit != 0 { fail(at, .duplicateKey(known)) }
        seen |= bit
        at = try scanValue(of: known, value)
      } else {
        if let half = end.loneSurrogate { fail(half, .loneSurrogate) }
        index.hasUnknownKeys = true
        walker.noteUnknownKey(at &+ 1, end)
        at = try walker.walk(value, isPayload: false)
      }
      at = bytes.skipBlanks(at)
      let byte = bytes[at]
      at &+= 1
      if byte == UInt8(ascii: ",") {
        at = bytes.skipBlanks(at)
      } else if byte == UInt8(ascii: "}") {
        break
      } else {
        throw bytes.broken(at &- 1, .expectedCommaOrBrace)
      }
    }
    if seen & KnownKeys.required != KnownKeys.required { failMissing(start) }
    return at
  }

  /// A message in which all else is right lacks a key; the place is its beginning.
  private mutating func failMissing(_ start: Int) {
    guard problem == nil else { return }
    for key in KnownKeys.inOrder where KnownKeys.required & (1 &<< key.number) != 0 && seen & (1 &<< key.number) == 0 {
      return fail(start, .missingKey(key))
    }
  }

  // MARK: The array form

  /// A message as an array of its seven values, which the peer reads as well.
  private mutating func scanArray(_ start: Int) throws(JSONError) -> Int {
    var at = bytes.skipBlanks(start &+ 1)
    var count = 0
    if bytes[at] == UInt8(ascii: "]") {
      fail(start, .wrongItemCount)
      return at &+ 1
    }
    while true {
      if count < KnownKeys.inOrder.count {
        at = try scanValue(of: KnownKeys.inOrder[count], at)
      } else {
        fail(at, .wrongItemCount)
        at = try walker.walk(at, isPayload: false)
      }
      count += 1
      at = bytes.skipBlanks(at)
      let byte = bytes[at]
      at &+= 1
      if byte == UInt8(ascii: ",") {
        at = bytes.skipBlanks(at)
      } else if byte == UInt8(ascii: "]") {
        break
      } else {
        throw bytes.broken(at &- 1, .expectedCommaOrBracket)
      }
    }
    if count < KnownKeys.inOrder.count { fail(at &- 1, .wrongItemCount) }
    return at
  }

  // MARK: Values

  @inline(__always)
  private mutating func scanValue(of key: JSONError.Key, _ at: Int) throws(JSONError) -> Int {
    switch key {
    case .id:
      let text = try scanText(of: key, at, isOptional: false)
      index.idBytes = text.range
      return text.end
    case .replyTo:
      let text = try scanText(of: key, at, isOptional: true)
      index.replyToBytes = text.range
      return text.end
    case .method:
      let text = try scanText(of: key, at, isOptional: true)
      index.methodBytes = text.range
      return text.end
    case .error:
      let text = try scanText(of: key, at, isOptional: true)
      index.errorBytes = text.range
      return text.end
    case .timestamp:
      return try scanTimestamp(at)
    case .type:
      return try scanKind(at)
    case .payload:
      let end = try walker.walk(at, isPayload: true)
      index.payloadBytes = ByteRange(at, end)
      return end
    }
  }

  /// A text, or null for an absent one.
  @inline(__always)
  private mutating func scanText(
    of key: JSONError.Key,
    _ at: Int,
    isOptional: Bool
  ) throws(JSONError) -> (range: ByteRange, end: Int) {
    guard bytes[at] == UInt8(ascii: "\"") else {
      if !isOptional || bytes[at] != UInt8(ascii: "n") { fail(at, .wrongType(key)) }
      return (.absent, try walker.walk(at, isPayload: false))
    }
    let end = try bytes.string(at &+ 1)
    if let half = end.loneSurrogate { fail(half, .loneSurrogate) }
    return (ByteRange(at &+ 1, end.quote), end.quote &+ 1)
  }

  @inline(__always)
  private mutating func scanTimestamp(_ start: Int) throws(JSONError) -> Int {
    guard bytes.isDigit(start) else {
      fail(start, bytes[start] == UInt8(ascii: "-") ? .badTimestamp : .wrongType(.timestamp))
      return try walker.walk(start, isPayload: false)
    }
    var isLarge = false
    let end = try bytes.number(start, isLarge: &isLarge)
    if let value = bytes.unsigned(start, end) { index.timestamp = value } else { fail(start, .badTimestamp) }
    return end
  }

  @inline(__always)
  private mutating func scanKind(_ start: Int) throws(JSONError) -> Int {
    guard bytes[start] == UInt8(ascii: "\"") else { return try scanKindObject(start) }
    let end = try bytes.string(start &+ 1)
    if let kind = KnownKeys.kind(bytes, start &+ 1, end) { index.kind = kind } else { fail(start, .unknownKind) }
    return end.quote &+ 1
  }

  /// `{"event":null}`, which nobody writes and the peer takes for `"event"`.
  @inline(never)
  private mutating func scanKindObject(_ start: Int) throws(JSONError) -> Int {
    let end = try walker.walk(start, isPayload: false)
    guard bytes[start] == UInt8(ascii: "{") else {
      fail(start, .wrongType(.type))
      return end
    }
    let quote = bytes.skipBlanks(start &+ 1)
    guard bytes[quote] == UInt8(ascii: "\"") else {
      fail(start, .wrongType(.type))
      return end
    }
    let key = try bytes.string(quote &+ 1)
    let value = try bytes.colon(key.quote &+ 1)
    let last = bytes[value] == UInt8(ascii: "n") ? bytes.skipBlanks(value &+ 4) : value
    guard bytes[last] == UInt8(ascii: "}"), let kind = KnownKeys.kind(bytes, quote &+ 1, key) else {
      fail(start, .wrongType(.type))
      return end
    }
    index.kind = kind
    return end
  }
}
