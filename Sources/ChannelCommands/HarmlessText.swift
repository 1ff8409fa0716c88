// Text that a terminal does not obey.

/// What others chose, a name or a path, must not steer the terminal.
enum HarmlessText {
  /// The text with a sign in place of each control character but those that may stay.
  static func text(_ text: String, keeping: Set<Unicode.Scalar> = []) -> String {
    let scalars = text.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control && !keeping.contains(scalar) ? "\u{FFFD}" : scalar
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
