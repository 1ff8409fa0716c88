// Which messages somebody wants to see.

package import ChannelMessages

/// `--type` and `--method`.
package struct MessageFilter: Sendable {
  private let kind: MessageKind?
  private let patterns: [String]

  package init(_ invocation: Invocation) {
    kind = invocation.text(.type).flatMap { MessageKind(rawValue: $0) }
    patterns = invocation.texts(.method)
  }

  /// Whether a message is of the type, and its method fits one of the patterns.
  package func takes(_ message: Message) -> Bool {
    if let kind, message.kind != kind { return false }
    if patterns.isEmpty { return true }
    return message.method.map { method in patterns.contains { Self.matches(method, $0) } } ?? false
  }

  /// Whether a name fits a pattern in which `*` stands for any characters, also none.
  package static func matches(_ name: String, _ pattern: String) -> Bool {
    let name = Array(name.utf8)
    let pattern = Array(pattern.utf8)
    var (at, place) = (0, 0)
    // Where to go on when what follows the last star did not fit: one character further.
    var retry: (at: Int, place: Int)?
    while at < name.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        retry = (at, place + 1)
        place += 1
      } else if place < pattern.count, pattern[place] == name[at] {
        at += 1
        place += 1
      } else if let (from, behind) = retry {
        retry = (from + 1, behind)
        (at, place) = (from + 1, behind)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
