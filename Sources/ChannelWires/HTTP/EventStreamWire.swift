// Messages as the body of an answer.

package import ChannelMessages

/// Messages on a connection of HTTP whose answer has no end: whoever asked listens, and says nothing more.
package struct EventStreamWire: Wire {
  /// How they are written.
  package enum Form: Sendable, Hashable, CaseIterable {
    /// As server-sent events: those of a reader with their mark as the id, by which a browser goes on.
    case serverSentEvents
    /// One a line; those of a reader have a member `mark`.
    case lines
  }

  private let form: Form

  package init(_ form: Form) {
    self.form = form
  }

  /// What comes before the first of them; a browser that loses them asks again soon.
  package var opening: [UInt8] {
    switch form {
    case .serverSentEvents: Array("retry: 100\n\n".utf8)
    case .lines: []
    }
  }

  package var contentType: HTTPContentType {
    switch form {
    case .serverSentEvents: .eventStream
    case .lines: .jsonLines
    }
  }

  package func take(_ bytes: [UInt8]) -> [WireItem] { [] }

  package func encode(_ message: Message) -> [UInt8] {
    switch form {
    case .serverSentEvents: data(message)
    case .lines: message.encode() + [UInt8(ascii: "\n")]
    }
  }

  package func encode(_ message: Message, mark: String) -> [UInt8] {
    switch form {
    case .serverSentEvents: return Array("id: \(mark)\n".utf8) + data(message)
    case .lines:
      var marked = message
      if let field = MessageField(name: "mark", value: JSONText(stringLiteral: mark)) {
        marked.unknownFields = message.unknownFields.filter { $0.name != "mark" } + [field]
      }
      return encode(marked)
    }
  }

  /// A message stands on one line, as has to be what stands behind `data`.
  private func data(_ message: Message) -> [UInt8] { Array("data: ".utf8) + message.encode() + Array("\n\n".utf8) }

  package func encode(acknowledging ids: [String]) -> [UInt8]? { nil }
  package func encode(refusal: WireRefusal) -> [UInt8]? { nil }

  package func encodeLife() -> [UInt8] {
    switch form {
    case .serverSentEvents: Array(":\n\n".utf8)
    case .lines: [UInt8(ascii: "\n")]
    }
  }
}
