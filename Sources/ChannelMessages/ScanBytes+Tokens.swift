/// The tokens of JSON: each function is given where one begins and answers where it ends.
extension ScanBytes {
  /// A string's end and what the way there showed.
  struct StringEnd {
    /// Where the closing quote stands.
    var quote: Int
    var isEscaped = false
    /// The first `\u` escape that is half of a pair, by its backslash.
    var loneSurrogate: Int?
  }

  /// A string, from behind its opening quote.
  @inline(__always)
  func string(_ start: Int) throws(JSONError) -> StringEnd {
    let end = endOfPlainText(start)
    if self[end] == UInt8(ascii: "\"") { return StringEnd(quote: end) }
    return try escapedString(end)
  }

  /// The rest of a string from its first backslash, control character or the end of the text.
  @inline(never)
  private func escapedString(_ start: Int) throws(JSONError) -> StringEnd {
    var end = StringEnd(quote: start)
    var at = start
    while true {
      switch self[at] {
      case UInt8(ascii: "\""):
        end.quote = at
        return end
      case UInt8(ascii: "\\"):
        end.isEscaped = true
        switch self[at &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
          UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
          at &+= 2
        case UInt8(ascii: "u"):
          let unit = try hex4(at &+ 2)
          let escape = at
          at &+= 6
          guard unit & 0xF800 == 0xD800 else { break }
          // Half of a pair: only a first half directly followed by an escaped second half is text.
          if unit < 0xDC00, self[at] == UInt8(ascii: "\\"), self[at &+ 1] == UInt8(ascii: "u") {
            if try hex4(at &+ 2) & 0xFC00 == 0xDC00 {
              at &+= 6
              break
            }
          }
          if end.loneSurrogate == nil { end.loneSurrogate = escape }
        default: throw broken(at &+ 1, .badEscape)
        }
      default: throw broken(at, .controlCharacter)
      }
      at = endOfPlainText(at)
    }
  }

  /// The number that four hexadecimal digits make.
  func hex4(_ at: Int) throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for index in at..<at + 4 {
      guard let digit = Hexadecimal.value(of: self[index]) else { throw broken(index, .badEscape) }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  /// A number, from its sign or first digit. `isLarge` becomes true when it may be beyond a double's range; a number
  /// of up to 200 digits before the point and an exponent of up to two digits never is.
  @inline(__always)
  func number(_ start: Int, isLarge: inout Bool) throws(JSONError) -> Int {
    var at = start
    if self[at] == UInt8(ascii: "-") { at &+= 1 }
    let whole = at
    if self[at] == UInt8(ascii: "0") {
      at &+= 1
      if isDigit(at) { throw JSONError(offset: at, reason: .leadingZero) }
    } else {
      at = try digits(at)
    }
    let byte = self[at]
    if byte != UInt8(ascii: "."), byte | 0x20 != UInt8(ascii: "e") {
      if at &- whole > 200 { isLarge = true }
      return at
    }
    return try fraction(at, whole: whole, isLarge: &isLarge)
  }

  @inline(never)
  private func fraction(_ point: Int, whole: Int, isLarge: inout Bool) throws(JSONError) -> Int {
    var at = point
    if self[at] == UInt8(ascii: ".") { at = try digits(at &+ 1) }
    if self[at] | 0x20 == UInt8(ascii: "e") {
      at &+= 1
      if self[at] == UInt8(ascii: "+") || self[at] == UInt8(ascii: "-") { at &+= 1 }
      let exponent = at
      at = try digits(at)
      if at &- exponent > 2 { isLarge = true }
    }
    if point &- whole > 200 { isLarge = true }
    return at
  }

  @inline(__always)
  func isDigit(_ at: Int) -> Bool { self[at] &- 0x30 < 10 }

  /// One digit or more.
  @inline(__always)
  private func digits(_ start: Int) throws(JSONError) -> Int {
    guard isDigit(start) else { throw broken(start, .badNumber) }
    var at = start &+ 1
    while isDigit(at) { at &+= 1 }
    return at
  }

  /// `true`, `false` or `null`.
  @inline(__always)
  func literal(_ start: Int) throws(JSONError) -> Int {
    let word = prefix(start, 4)
    if word == 0x6C6C_756E || word == 0x6575_7274 { return start &+ 4 }  // null, true
    if word == 0x736C_6166, self[start &+ 4] == UInt8(ascii: "e") { return start &+ 5 }
    throw badLiteral(start)
  }

  @inline(never)
  private func badLiteral(_ start: Int) -> JSONError {
    let wanted: StaticString =
      switch self[start] {
      case UInt8(ascii: "t"): "true"
      case UInt8(ascii: "f"): "false"
      default: "null"
      }
    // The first byte that differs is the one to name.
    let same = wanted.withUTF8Buffer { letters in
      var same = 0
      while same < letters.count, unsafe self[start + same] == letters[same] { same += 1 }
      return same
    }
    return broken(start + same, .badLiteral)
  }
}
