/// The innermost cursor of the scanner: a text by its address, read by the byte and by the word of eight.
///
/// All pointer work of the scanner is in this file, because bounds checks of arrays cost it a third of its speed.
/// Every read compares its place with the text's length first, so a wrong offset yields a wrong answer and never a
/// foreign byte. A value must not outlive the closure that lent the address; only `lend` makes one.
@safe
struct ScanBytes {
  private let base: UnsafePointer<UInt8>
  let count: Int

  /// Lends a span's bytes to the scanner for one call.
  @inline(__always)
  static func lend<Result, Failure: Error>(
    _ span: Span<UInt8>,
    to body: (ScanBytes) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // Safe: nothing that holds the address outlives the closure.
    try unsafe span.withUnsafeBufferPointer { (buffer) throws(Failure) -> Result in
      var nothing: UInt8 = 0
      guard let base = buffer.baseAddress else {
        // An empty span has no address; any will do for a length of zero.
        return try unsafe withUnsafePointer(to: &nothing) { (base) throws(Failure) -> Result in
          try body(unsafe ScanBytes(base: base, count: 0))
        }
      }
      return try body(unsafe ScanBytes(base: base, count: buffer.count))
    }
  }

  @inline(__always)
  private init(base: UnsafePointer<UInt8>, count: Int) {
    unsafe self.base = base
    self.count = count
  }

  /// The byte there, or NUL outside of the text: JSON allows NUL nowhere, so one test serves for both.
  @inline(__always)
  subscript(_ at: Int) -> UInt8 {
    // Safe: compared with the length, and as unsigned numbers so that a negative offset fails as well.
    UInt(bitPattern: at) < UInt(bitPattern: count) ? unsafe base[at] : 0
  }

  /// The eight bytes from there on, the first one lowest; nil when fewer are left.
  @inline(__always)
  func word(_ at: Int) -> UInt64? {
    guard at >= 0, at &+ 8 <= count else { return nil }
    // Safe: the eight bytes were just found to be inside.
    return UInt64(littleEndian: unsafe UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self))
  }

  /// Up to eight bytes, the first one lowest and zeros above the last.
  @inline(__always)
  func prefix(_ at: Int, _ length: Int) -> UInt64 {
    if let word = word(at) { return length >= 8 ? word : word & ((1 << UInt64(truncatingIfNeeded: length &* 8)) &- 1) }
    var word: UInt64 = 0
    for index in 0..<min(length, 8) { word |= UInt64(self[at &+ index]) << UInt64(index * 8) }
    return word
  }

  /// Where the next quote, backslash or control character stands, or the end of the text.
  @inline(__always)
  func endOfPlainText(_ start: Int) -> Int {
    var at = start
    while let word = word(at) {
      // The lowest set bit of each test is exact; only bits above a true hit can be false.
      let quoteOrControl = word ^ 0x0202_0202_0202_0202  // 0x22 becomes 0x20, control characters stay below it
      let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
      let hits =
        ((quoteOrControl &- 0x2121_2121_2121_2121) & ~quoteOrControl)
        | ((backslash &- 0x0101_0101_0101_0101) & ~backslash)
      let marks = hits & 0x8080_8080_8080_8080
      if marks != 0 { return at &+ marks.trailingZeroBitCount &>> 3 }
      at &+= 8
    }
    while at < count {
      let byte = self[at]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
      at &+= 1
    }
    return at
  }

  /// Where the next byte of more than seven bits stands, or the end of the text.
  @inline(__always)
  func endOfASCII(_ start: Int) -> Int {
    var at = start
    // Four words at a time: one test for all of them is as fast as memory.
    while let first = word(at), let second = word(at &+ 8), let third = word(at &+ 16), let fourth = word(at &+ 24) {
      if (first | second | third | fourth) & 0x8080_8080_8080_8080 != 0 { break }
      at &+= 32
    }
    while let word = word(at) {
      let marks = word & 0x8080_8080_8080_8080
      if marks != 0 { return at &+ marks.trailingZeroBitCount &>> 3 }
      at &+= 8
    }
    while at < count, self[at] < 0x80 { at &+= 1 }
    return at
  }

  /// Where the next byte stands that is no white space of JSON.
  @inline(__always)
  func skipBlanks(_ start: Int) -> Int {
    // Compact text has none nearly everywhere, so the loop stays out of the way.
    self[start] > 0x20 ? start : skipSomeBlanks(start)
  }

  @inline(never)
  private func skipSomeBlanks(_ start: Int) -> Int {
    var at = start
    while at < count {
      // Indented text has long runs of spaces.
      while word(at) == 0x2020_2020_2020_2020 { at &+= 8 }
      switch self[at] {
      case 0x20, 0x0A, 0x0D, 0x09: at &+= 1
      default: return at
      }
    }
    return at
  }

  /// Whether two stretches of the text hold the same bytes.
  func same(_ first: Int, _ second: Int, length: Int) -> Bool {
    var done = 0
    while done &+ 8 <= length {
      guard word(first &+ done) == word(second &+ done) else { return false }
      done &+= 8
    }
    return prefix(first &+ done, length &- done) == prefix(second &+ done, length &- done)
  }

  /// A grammatical break, which is a torn text when it lies at the end.
  @inline(never)
  func broken(_ at: Int, _ reason: JSONError.Reason) -> JSONError {
    at >= count ? JSONError(offset: count, reason: .unexpectedEnd) : JSONError(offset: at, reason: reason)
  }

  /// The error for a byte where a value or a key should begin: a closing bracket there follows a comma.
  @inline(never)
  func misplaced(_ at: Int, _ reason: JSONError.Reason) -> JSONError {
    guard self[at] == UInt8(ascii: "]") || self[at] == UInt8(ascii: "}") else { return broken(at, reason) }
    var before = at &- 1
    while before > 0, self[before] <= 0x20 { before &-= 1 }
    return broken(at, self[before] == UInt8(ascii: ",") ? .trailingComma : reason)
  }
}
