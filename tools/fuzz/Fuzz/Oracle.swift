/// JSON's grammar said once more, in the plainest way: recursive, by the byte, knowing nothing of the scanner.
struct Oracle {
  private let bytes: [UInt8]
  private var at = 0

  /// Whether the text is one JSON value.
  static func accepts(_ bytes: [UInt8]) -> Bool {
    guard String(validating: bytes, as: UTF8.self) != nil else { return false }
    return acceptsGrammar(bytes)
  }

  /// The same, whatever bytes stand in strings.
  static func acceptsGrammar(_ bytes: [UInt8]) -> Bool {
    var oracle = Oracle(bytes: bytes)
    oracle.blanks()
    guard oracle.value() else { return false }
    oracle.blanks()
    return oracle.at == bytes.count
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: Unicode.Scalar? { at < bytes.count ? Unicode.Scalar(bytes[at]) : nil }

  private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
    guard next == wanted else { return false }
    at += 1
    return true
  }

  private mutating func blanks() {
    while next == " " || next == "\t" || next == "\n" || next == "\r" { at += 1 }
  }

  private mutating func value() -> Bool {
    switch next {
    case "{": return list("}") { $0.string() && $0.colon() && $0.value() }
    case "[": return list("]") { $0.value() }
    case "\"": return string()
    case "t": return word("true")
    case "f": return word("false")
    case "n": return word("null")
    default: return number()
    }
  }

  private mutating func colon() -> Bool {
    blanks()
    guard take(":") else { return false }
    blanks()
    return true
  }

  private mutating func list(_ end: Unicode.Scalar, _ item: (inout Oracle) -> Bool) -> Bool {
    at += 1
    blanks()
    if take(end) { return true }
    repeat {
      blanks()
      guard item(&self) else { return false }
      blanks()
    } while take(",")
    return take(end)
  }

  private mutating func word(_ wanted: String) -> Bool {
    for letter in wanted.unicodeScalars where !take(letter) { return false }
    return true
  }

  private mutating func digits() -> Bool {
    let start = at
    while let digit = next, ("0"..."9").contains(digit) { at += 1 }
    return at > start
  }

  private mutating func number() -> Bool {
    _ = take("-")
    if !take("0"), !digits() { return false }
    if take("."), !digits() { return false }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      return digits()
    }
    return true
  }

  private mutating func string() -> Bool {
    guard take("\"") else { return false }
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == 0x22 { return true }
      if byte < 0x20 { return false }
      guard byte == 0x5C else { continue }
      guard let escape = next else { return false }
      at += 1
      if escape == "u" {
        for _ in 0..<4 {
          guard let digit = next, digit.isASCII, digit.properties.isASCIIHexDigit else { return false }
          at += 1
        }
      } else if !"\"\\/bfnrt".unicodeScalars.contains(escape) {
        return false
      }
    }
    return false
  }
}
