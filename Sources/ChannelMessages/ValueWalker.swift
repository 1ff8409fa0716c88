/// Walks over one JSON value without recursion, checks its grammar and notes what somebody may object to.
///
/// The kinds of the open brackets are kept one bit a level, so 64 MiB of `[` cost 8 MiB and no stack.
struct ValueWalker: ~Copyable {
  let bytes: ScanBytes
  private let depthLimit: Int
  private let findsDuplicates: Bool

  /// Where arrays and objects nest deeper than the limit, by the first such bracket.
  private(set) var tooDeep: Int?
  private(set) var hazard = MessageIndex.HazardKind.none
  private(set) var hazardOffset = UInt32.max
  private(set) var duplicate = UInt32.max

  private var keys = KeyStack()
  /// The kinds of the levels that no longer fit into the walk's word.
  private var outerKinds: [UInt64] = []

  /// Whoever does not ask for keys that come twice saves the memory for them, some eight times a hostile text.
  init(_ bytes: ScanBytes, depthLimit: Int, findsDuplicates: Bool) {
    self.bytes = bytes
    self.depthLimit = depthLimit
    self.findsDuplicates = findsDuplicates
  }

  /// Forgets what was noted; a new message begins, whose own keys are the outermost.
  @inline(__always)
  mutating func beginMessage() {
    tooDeep = nil
    hazard = .none
    hazardOffset = .max
    duplicate = .max
    keys.clear()
    keys.open()
  }

  @inline(__always)
  mutating func note(_ kind: MessageIndex.HazardKind, at offset: Int) {
    guard hazard == .none else { return }
    hazard = kind
    hazardOffset = UInt32(truncatingIfNeeded: offset)
  }

  /// A key of the message itself that means nothing to us.
  @inline(__always)
  mutating func noteUnknownKey(_ start: Int, _ end: ScanBytes.StringEnd) {
    if findsDuplicates, keys.add(start, end, in: bytes) { noteDuplicate(start &- 1) }
  }

  /// The message's own unknown keys are all there.
  @inline(__always)
  mutating func endMessage() {
    if let double = keys.close(in: bytes) { noteDuplicate(double &- 1) }
  }

  @inline(__always)
  private mutating func noteDuplicate(_ offset: Int) {
    duplicate = min(duplicate, UInt32(truncatingIfNeeded: offset))
  }

  /// Walks the value that begins at `start`, white space already skipped, and answers where it ends. Hazards count
  /// only in a payload: a 1.0 peer builds no other value.
  mutating func walk(_ start: Int, isPayload: Bool) throws(JSONError) -> Int {
    var at = start
    var depth = 0
    // Bit 0 says whether the innermost open bracket is an object's.
    var kinds: UInt64 = 0
    // A copy: what is known of `self` must be reloaded after each write to it.
    let bytes = bytes
    // Once too deep nothing but the grammar is looked at, so that memory does not grow with the levels.
    var isTracking = tooDeep == nil && findsDuplicates

    value: while true {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        let end = try bytes.string(at &+ 1)
        if isPayload, let half = end.loneSurrogate { note(.surrogate, at: half) }
        at = end.quote &+ 1
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
        var isLarge = false
        let end = try bytes.number(at, isLarge: &isLarge)
        if isLarge, isPayload, NumberReach.isBeyondDouble(bytes, at, end) { note(.number, at: at) }
        at = end
      case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
        at = try bytes.literal(at)
      case UInt8(ascii: "{"):
        push(isObject: true, depth: &depth, kinds: &kinds)
        opened(at, depth: depth, isPayload: isPayload)
        isTracking = isTracking && depth <= depthLimit
        if isTracking { keys.open() }
        at = bytes.skipBlanks(at &+ 1)
        if bytes[at] != UInt8(ascii: "}") {
          at = try key(at, isPayload: isPayload, isTracking: isTracking)
          continue value
        }
      case UInt8(ascii: "["):
        push(isObject: false, depth: &depth, kinds: &kinds)
        opened(at, depth: depth, isPayload: isPayload)
        isTracking = isTracking && depth <= depthLimit
        at = bytes.skipBlanks(at &+ 1)
        if bytes[at] != UInt8(ascii: "]") { continue value }
      default:
        throw bytes.misplaced(at, .expectedValue)
      }

      // A value has ended, or a bracket has just opened and closes at once.
      while depth > 0 {
        at = bytes.skipBlanks(at)
        let byte = bytes[at]
        let isObject = kinds & 1 == 1
        if byte == UInt8(ascii: ",") {
          at = bytes.skipBlanks(at &+ 1)
          if isObject { at = try key(at, isPayload: isPayload, isTracking: isTracking) }
          continue value
        }
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw bytes.broken(at, isObject ? .expectedCommaOrBrace : .expectedCommaOrBracket)
        }
        at &+= 1
        if isObject, isTracking, let double = keys.close(in: bytes) { noteDuplicate(double &- 1) }
        pop(depth: &depth, kinds: &kinds)
      }
      return at
    }
  }

  /// A key and its colon, from the opening quote to the first byte of the value.
  @inline(__always)
  private mutating func key(_ start: Int, isPayload: Bool, isTracking: Bool) throws(JSONError) -> Int {
    guard bytes[start] == UInt8(ascii: "\"") else { throw bytes.misplaced(start, .expectedKey) }
    let end = try bytes.string(start &+ 1)
    if isPayload, let half = end.loneSurrogate { note(.surrogate, at: half) }
    if isTracking, keys.add(start &+ 1, end, in: bytes) { noteDuplicate(start) }
    return try bytes.colon(end.quote &+ 1)
  }

  @inline(__always)
  private mutating func push(isObject: Bool, depth: inout Int, kinds: inout UInt64) {
    if depth != 0, depth & 63 == 0 { outerKinds.append(kinds) }
    depth &+= 1
    kinds = kinds &<< 1 | (isObject ? 1 : 0)
  }

  @inline(__always)
  private mutating func pop(depth: inout Int, kinds: inout UInt64) {
    depth &-= 1
    kinds &>>= 1
    if depth != 0, depth & 63 == 0 { kinds = outerKinds.popLast() ?? 0 }
  }

  /// A bracket has opened.
  @inline(__always)
  private mutating func opened(_ at: Int, depth: Int, isPayload: Bool) {
    if depth == PeerHazard.refusedNesting, isPayload { note(.nesting, at: at) }
    if depth > depthLimit, tooDeep == nil { tooDeep = at }
  }
}

extension ScanBytes {
  /// A colon after a key, with white space around it; answers where the value begins.
  @inline(__always)
  func colon(_ start: Int) throws(JSONError) -> Int {
    let at = skipBlanks(start)
    guard self[at] == UInt8(ascii: ":") else { throw broken(at, .expectedColon) }
    return skipBlanks(at &+ 1)
  }
}
