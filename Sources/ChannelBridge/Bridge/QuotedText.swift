// What others have written, in a line of ours.

/// Makes a text fit for a line: it must not look like one itself, nor fill pages.
enum QuotedText {
  private static let longest = 120

  static func of(_ text: some StringProtocol) -> String {
    harmless(String(String.UnicodeScalarView(text.unicodeScalars.prefix(longest))))
  }

  /// The whole of it, of which we know that it is no longer than it has to be.
  static func harmless(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
