// Texts as TOML has them.

/// Writes keys and strings so that they are read as what they are, on one line, and steer no terminal.
package enum TomlText {
  /// A string in quotes.
  package static func string(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case _ where breaks(scalar):
        let digits = String(scalar.value, radix: 16, uppercase: true)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// A key, in quotes where it needs them.
  package static func key(_ name: String) -> String {
    let isBare = !name.isEmpty && name.utf8.allSatisfy(isBare)
    return isBare ? name : string(name)
  }

  /// A text that may stand in a comment: what would end that is replaced.
  package static func comment(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: breaks) else { return text }
    var harmless = ""
    for scalar in text.unicodeScalars { harmless.unicodeScalars.append(breaks(scalar) ? "\u{FFFD}" : scalar) }
    return harmless
  }

  /// Whether it is a control character, or one that some programs take for the end of a line.
  private static func breaks(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar == "\u{2028}" || scalar == "\u{2029}"
  }

  private static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }
}
