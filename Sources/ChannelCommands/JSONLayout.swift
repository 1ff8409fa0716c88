// JSON as people read it on a terminal.

/// Lays out a JSON value: in colour, and on indented lines if that is wanted. The value stays the same.
package struct JSONLayout {
  private let style: Style
  private let isIndented: Bool
  private var text: [UInt8] = []
  private var depth = 0

  private init(_ style: Style, isIndented: Bool) {
    self.style = style
    self.isIndented = isIndented
  }

  /// The text of one valid JSON value, without a line feed at its end; indented, each part stands on a line of its own.
  package static func text(of value: [UInt8], style: Style, isIndented: Bool) -> [UInt8] {
    var layout = JSONLayout(style, isIndented: isIndented)
    layout.text.reserveCapacity(value.count * 2)
    layout.lay(out: value)
    return layout.text
  }

  private mutating func lay(out value: [UInt8]) {
    var at = 0
    // A text is a key when the next thing behind it is a colon.
    while at < value.count {
      let byte = value[at]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        at += 1
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        text.append(byte)
        let inside = Self.skipBlanks(value, at + 1)
        if inside < value.count, value[inside] == byte + 2 {
          // Both closing brackets stand two behind their opening ones.
          text.append(value[inside])
          at = inside + 1
        } else {
          depth += 1
          breakLine()
          at = inside
        }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        breakLine()
        text.append(byte)
        at += 1
      case UInt8(ascii: ","):
        text.append(byte)
        breakLine()
        at += 1
      case UInt8(ascii: ":"):
        text.append(byte)
        if isIndented { text.append(UInt8(ascii: " ")) }
        at += 1
      case UInt8(ascii: "\""):
        let end = Self.endOfString(value, at)
        let behind = Self.skipBlanks(value, end)
        let isKey = behind < value.count && value[behind] == UInt8(ascii: ":")
        add(value[at..<end], isKey ? .name : .good)
        at = end
      default:
        let end = value[at...].firstIndex { " \t\r\n,]}".utf8.contains($0) } ?? value.count
        add(value[at..<end], .text)
        at = end
      }
    }
  }

  private mutating func breakLine() {
    guard isIndented else { return }
    text.append(UInt8(ascii: "\n"))
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  private mutating func add(_ part: ArraySlice<UInt8>, _ role: Style.Role) {
    let part = String(decoding: part, as: UTF8.self)
    text.append(contentsOf: style(role, Self.harmless(part)).utf8)
  }

  /// JSON lets characters through that some terminals obey; escaped they are the same text.
  private static func harmless(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { (0x7F...0x9F).contains($0.value) }) else { return text }
    return text.unicodeScalars.map { scalar in
      (0x7F...0x9F).contains(scalar.value) ? "\\u00\(String(scalar.value, radix: 16))" : String(scalar)
    }.joined()
  }

  private static func endOfString(_ value: [UInt8], _ quote: Int) -> Int {
    var at = quote + 1
    while at < value.count, value[at] != UInt8(ascii: "\"") { at += value[at] == UInt8(ascii: "\\") ? 2 : 1 }
    return min(at + 1, value.count)
  }

  private static func skipBlanks(_ value: [UInt8], _ start: Int) -> Int {
    value[start...].firstIndex { !" \t\r\n".utf8.contains($0) } ?? value.count
  }
}
