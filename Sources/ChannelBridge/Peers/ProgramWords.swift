// A program and its arguments, in one text.

/// Words between spaces, as people write them for a shell: `'…'` holds together all that stands in it, `"…"` all but a
/// backslash before `"` and `\`, and outside a backslash stands before what is meant as it is. Nothing else means
/// anything: no shell sees it.
enum ProgramWords {
  /// A quote is open at the end, or a backslash has nothing behind it.
  struct Unfinished: Error {}

  private enum State: Equatable {
    case between
    case word
    case quoted(Character)
  }

  static func words(of text: Substring) throws(Unfinished) -> [String] {
    var words: [String] = []
    var word = ""
    var state = State.between
    var rest = text
    while let character = rest.popFirst() {
      switch (state, character) {
      case (.quoted(let quote), _) where quote == character: state = .word
      case (.quoted("\""), "\\") where rest.first == "\"" || rest.first == "\\":
        if let next = rest.popFirst() { word.append(next) }
      case (.quoted, _): word.append(character)
      case (_, " "), (_, "\t"), (_, "\n"):
        if state == .word { words.append(word) }
        (word, state) = ("", .between)
      case (_, "'"), (_, "\""): state = .quoted(character)
      case (_, "\\"):
        guard let next = rest.popFirst() else { throw Unfinished() }
        word.append(next)
        state = .word
      default:
        word.append(character)
        state = .word
      }
    }
    if case .quoted = state { throw Unfinished() }
    return state == .word ? words + [word] : words
  }

  /// The text of which these are the words.
  static func text(of words: [String]) -> String {
    words.map { word in
      let isPlain = !word.isEmpty && !word.contains { " \t\n'\"\\".contains($0) }
      return isPlain
        ? word : "'\(word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#))'"
    }.joined(separator: " ")
  }
}
