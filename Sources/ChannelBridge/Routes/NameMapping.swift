// What a name is called on the other side of a bridge.

internal import ChannelModel

/// Which names go across, and what they are called there: `db.* -> store.{1}`.
///
/// `{1}` stands for what the first star stood for, `{0}` for the whole name. Without an arrow a name stays what it is.
package struct NameMapping: Hashable, Sendable, CustomStringConvertible {
  /// Why a text is no mapping.
  package enum Fault: Error, Hashable, Sendable {
    case isEmpty
    /// There are fewer stars than that.
    case noSuchStar(Int, stars: Int)
    /// A brace that is none of a number in braces.
    case strayBrace
    case moreThanOneArrow
  }

  private enum Part: Hashable, Sendable {
    case text(String)
    case star(Int)
  }

  package let description: String
  /// The names that go across, with stars in it.
  package let pattern: String
  private let matcher: MethodPattern
  /// Nil: the name as it is.
  private let parts: [Part]?

  /// Everything, as it is.
  package static let everything = NameMapping("*", "*", MethodPattern("*"), nil)

  package init(_ text: String) throws(Fault) {
    let halves = text.split(separator: "->", omittingEmptySubsequences: false).map(Self.trimmed)
    guard halves.count <= 2 else { throw .moreThanOneArrow }
    guard halves.allSatisfy({ !$0.isEmpty }) else { throw .isEmpty }
    let pattern = MethodPattern(halves[0])
    let parts = halves.count == 2 ? try Self.parts(of: halves[1], stars: pattern.starCount) : nil
    self.init(halves.joined(separator: " -> "), halves[0], pattern, parts)
  }

  private init(_ description: String, _ pattern: String, _ matcher: MethodPattern, _ parts: [Part]?) {
    self.description = description
    self.pattern = pattern
    self.matcher = matcher
    self.parts = parts
  }

  /// The name on the other side; nil when this one does not go across.
  package func map(_ name: String) -> String? {
    guard let parts else { return matcher.matches(name) ? name : nil }
    guard let captures = matcher.captures(in: name) else { return nil }
    var mapped = ""
    for part in parts {
      switch part {
      case .text(let text): mapped += text
      case .star(0): mapped += name
      case .star(let number): mapped += captures[number - 1]
      }
    }
    return mapped
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func parts(of text: String, stars: Int) throws(Fault) -> [Part] {
    var parts: [Part] = []
    var rest = text[...]
    while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      if brace > rest.startIndex { parts.append(.text(String(rest[..<brace]))) }
      guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}"),
        let number = Self.number(rest[rest.index(after: brace)..<end])
      else { throw .strayBrace }
      guard number <= stars else { throw .noSuchStar(number, stars: stars) }
      parts.append(.star(number))
      rest = rest[rest.index(after: end)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return parts
  }

  private static func number(_ text: Substring) -> Int? {
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }
}

extension NameMapping.Fault: CustomStringConvertible {
  /// In plain words, and with what to write.
  package var description: String {
    switch self {
    case .isEmpty: "a name is missing (write it like db.* -> store.{1})"
    case .noSuchStar(let number, let stars):
      "{\(number)} stands for star \(number), and there \(stars == 1 ? "is" : "are") \(stars)"
    case .strayBrace: "a brace stands for nothing (write {1} for what the first star stood for)"
    case .moreThanOneArrow: "there is more than one arrow (write it like db.* -> store.{1})"
    }
  }
}

extension Sequence<NameMapping> {
  /// The name on the other side, by the first of them that it goes by; nil when it does not go across.
  package func map(name: String) -> String? {
    for mapping in self {
      if let mapped = mapping.map(name) { return mapped }
    }
    return nil
  }
}
