// Colours, where they are wanted.

/// Dresses text for a terminal, or leaves it plain.
package struct Style: Hashable, Sendable {
  package enum Role: String, Sendable {
    case heading = "1"
    case name = "36"
    case faint = "2"
    case good = "32"
    case text = "33"
    case warning = "1;33"
    case error = "1;31"
  }

  package let isColoured: Bool

  package init(isColoured: Bool) {
    self.isColoured = isColoured
  }

  package static let plain = Style(isColoured: false)

  /// Decides by what was asked for (`auto`, `always`, `never`), else by where it goes and the environment.
  package static func decided(_ wish: String, isTerminal: Bool, environment: [String: String]) -> Style {
    switch wish {
    case "always": return Style(isColoured: true)
    case "never": return .plain
    default:
      // no-color.org: set and not empty, whatever it says.
      let isForbidden = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
      return Style(isColoured: isTerminal && !isForbidden && environment["TERM"] != "dumb")
    }
  }

  package func callAsFunction(_ role: Role, _ text: String) -> String {
    isColoured && !text.isEmpty ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
  }
}
