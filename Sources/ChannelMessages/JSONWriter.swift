/// Writes compact JSON; commas come by themselves.
///
/// Texts are written as a 1.0 peer writes them: UTF-8 as it is, and only `"`, `\` and control characters escaped.
package struct JSONWriter {
  /// What was written so far.
  package private(set) var bytes: [UInt8] = []
  /// Whether the next value or key stands behind another one.
  private var needsComma = false

  package init(reservingCapacity capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  package mutating func beginObject() { begin(UInt8(ascii: "{")) }
  package mutating func endObject() { end(UInt8(ascii: "}")) }
  package mutating func beginArray() { begin(UInt8(ascii: "[")) }
  package mutating func endArray() { end(UInt8(ascii: "]")) }

  /// The key of the value that is written next.
  package mutating func key(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A key that needs no escaping, quotes and colon included: `"id":`.
  mutating func key(written key: StaticString) {
    word(key)
    needsComma = false
  }

  /// The beginning of a message of ours, whose id and time are written over these when they are known.
  package mutating func beginOwnMessage() {
    word("{\"id\":\"00000000-0000-0000-0000-000000000000\",\"timestamp\":1000000000000")
  }

  package mutating func string(_ text: String) { string(utf8: text.utf8Span.span) }

  /// A text given as UTF-8, which the caller vouches for.
  package mutating func string(utf8 text: Span<UInt8>) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    var done = 0
    while done < text.count {
      let plain = ScanBytes.lend(text) { $0.endOfPlainText(done) }
      append(text.extracting(done..<plain))
      done = plain
      guard done < text.count else { break }
      escape(text[done])
      done += 1
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  package mutating func integer(_ value: UInt64) {
    separate()
    appendDigits(value)
    needsComma = true
  }

  package mutating func integer(_ value: Int64) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    appendDigits(value.magnitude)
    needsComma = true
  }

  package mutating func boolean(_ value: Bool) { word(value ? "true" : "false") }
  package mutating func null() { word("null") }

  /// A value as the bytes it came in.
  package mutating func raw(_ text: JSONText) {
    separate()
    bytes.append(contentsOf: text.bytes)
    needsComma = true
  }

  /// A value without the white space between its parts; so it stands on one line.
  package mutating func compact(_ text: JSONText) {
    if text.isPlain { return raw(text) }
    separate()
    let span = text.bytes.span
    var done = 0
    while done < span.count {
      let blank = ScanBytes.lend(span) { $0.endOfCompactText(done) }
      append(span.extracting(done..<blank))
      done = blank + 1
    }
    needsComma = true
  }

  // MARK: Parts

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func word(_ word: StaticString) {
    separate()
    word.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    needsComma = true
  }

  private mutating func append(_ text: Span<UInt8>) {
    // Safe: the buffer is only read, within the closure.
    unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
      bytes.append(contentsOf: [0x75, 0x30, 0x30, Hexadecimal.digit(byte >> 4), Hexadecimal.digit(byte & 0x0F)])
    }
  }

  private mutating func appendDigits(_ value: UInt64) {
    // From the last digit on, into the longest that a number gets.
    var digits = [20 of UInt8](repeating: 0)
    var first = 20
    var rest = value
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      first -= 1
      digits[first] = 0x30 + UInt8(truncatingIfNeeded: digit)
      rest = quotient
    } while rest != 0
    append(digits.span.extracting(first...))
  }
}
