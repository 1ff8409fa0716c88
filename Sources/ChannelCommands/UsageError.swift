// What was wrong with the words of a command line.

internal import ChannelMessages

/// A mistake in the arguments: what is wrong, and what to write instead.
package struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
  package let what: String
  package let hint: String

  package init(_ what: String, hint: String) {
    self.what = what
    self.hint = hint
  }

  /// A word that is not in the table, with the nearest that is.
  package static func unknown(_ kind: String, _ word: String, of owner: String = "", among known: [String]) -> Self {
    let place = owner.isEmpty ? "" : " of \(owner)"
    let what = "unknown \(kind)\(place) \"\(word)\""
    if let nearest = Suggestion.nearest(to: word, among: known) { return Self(what, hint: "did you mean \(nearest)?") }
    return Self(what, hint: known.count <= 8 ? "one of: \(known.joined(separator: ", "))" : "see --help")
  }

  /// A program that is to be run and cannot be found.
  package static func noProgram(_ name: String) -> Self {
    Self("there is no program \"\(name)\"", hint: "give its path, or look at PATH")
  }

  /// What is printed behind the program's name.
  package var description: String { "\(what) (\(hint))" }
}
