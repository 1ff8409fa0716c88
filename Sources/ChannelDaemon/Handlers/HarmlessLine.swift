// Text of programs that nobody vouches for.

/// Makes one line of a text that goes into logs and answers: a terminal does not obey it, and it is not too long.
enum HarmlessLine {
  /// The text with a sign in place of each control character, cut where it gets too long.
  static func text(_ text: String, longest: Int) -> String {
    var scalars = String.UnicodeScalarView()
    for (place, scalar) in text.unicodeScalars.enumerated() {
      guard place < longest else {
        scalars.append("…")
        break
      }
      scalars.append(isHarmless(scalar) ? scalar : "\u{FFFD}")
    }
    return String(scalars)
  }

  /// The same for bytes, which need not be UTF-8.
  static func text(_ bytes: some Sequence<UInt8>, longest: Int) -> String {
    // No character has more than four bytes; a cut one at the end shows as a sign too many.
    text(String(decoding: Array(bytes.prefix(longest * 4)), as: UTF8.self), longest: longest)
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    // What turns the writing around, or ends the line, misleads as well.
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
