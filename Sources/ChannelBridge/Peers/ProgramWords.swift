// A program and its arguments, in one text.

/// Words between spaces, as people write them for a shell: `'…'` holds together all that stands in it, `"…"` all but a
/// backslash before `"` and `\`, and outside a backslash stands before what is meant as it is. Nothing else means
/// anything: no shell sees it. As a shell it knows no characters that are made of several: a space is one whatever stands
/// beside it.
enum ProgramWords {
  /// A quote is open at the end, or a backslash has nothing behind it.
  struct Unfinished: Error {}

  private enum State: Equatable {
    case between
    case word
    case quoted(Unicode.Scalar)
  }

  static func words(of text: Substring) throws(Unfinished) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    var state = State.between
    var rest = text.unicodeScalars
    while let scalar = rest.popFirst() {
      switch (state, scalar) {
      case (.quoted(let quote), _) where quote == scalar: state = .word
      case (.quoted("\""), "\\") where rest.first == "\"" || rest.first == "\\":
        if let next = rest.popFirst() { word.append(next) }
      case (.quoted, _): word.append(scalar)
      case (_, " "), (_, "\t"), (_, "\n"):
        if state == .word { words.append(String(word)) }
        (word, state) = (String.UnicodeScalarView(), .between)
      case (_, "'"), (_, "\""): state = .quoted(scalar)
      case (_, "\\"):
        guard let next = rest.popFirst() else { throw Unfinished() }
        word.append(next)
        state = .word
      default:
        word.append(scalar)
        state = .word
      }
    }
    if case .quoted = state { throw Unfinished() }
    return state == .word ? words + [String(word)] : words
  }

  /// The text of which these are the words.
  static func text(of words: [String]) -> String {
    words.map(quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let special = " \t\n'\"\\".unicodeScalars
    if !word.isEmpty, !word.unicodeScalars.contains(where: special.contains) { return word }
    let parts = word.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false)
    return "'\(parts.map(String.init).joined(separator: #"'\''"#))'"
  }
}
