// Which messages somebody wants to see.

package import ChannelMessages
internal import ChannelModel

/// `--type` and `--method`.
package struct MessageFilter: Sendable {
  private let kind: MessageKind?
  private let patterns: [MethodPattern]

  package init(_ invocation: Invocation) {
    kind = invocation.text(.type).flatMap { MessageKind(rawValue: $0) }
    patterns = invocation.texts(.method).map(MethodPattern.init)
  }

  /// Whether a message is of the type, and its method fits one of the patterns.
  package func takes(_ message: Message) -> Bool {
    if let kind, message.kind != kind { return false }
    if patterns.isEmpty { return true }
    return message.method.map { method in patterns.contains { $0.matches(method) } } ?? false
  }
}
