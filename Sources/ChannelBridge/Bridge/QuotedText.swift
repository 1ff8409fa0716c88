// What others have written, in a line of ours.

/// Makes a text fit for a line: it must not look like one itself, nor fill pages.
enum QuotedText {
  private static let longest = 120

  static func of(_ text: some StringProtocol) -> String {
    let scalars = text.unicodeScalars.prefix(longest).map { scalar -> Unicode.Scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
