// By what a foreign message is known again.

package import ChannelMessages

/// What stays the same about a foreign message whoever rewrites the window around it.
package struct ForeignTraits: Hashable, Sendable {
  /// The traits one behind the other; no two different messages share it.
  let encoded: [UInt8]

  /// Texts are UTF-8 after unescaping, because a rewrite may escape differently.
  package init(id: [UInt8], timestamp: UInt64, kind: MessageKind, replyTo: [UInt8]?, method: [UInt8]?) {
    var encoded: [UInt8] = []
    func append(_ text: [UInt8]?) {
      encoded.append(littleEndian: text.map { UInt32(truncatingIfNeeded: $0.count) } ?? .max)
      encoded += text ?? []
    }
    append(id)
    encoded.append(littleEndian: timestamp)
    encoded.append(Self.number(of: kind))
    append(replyTo)
    append(method)
    self.encoded = encoded
  }

  /// The traits of a message that stands in these bytes.
  package init(_ message: MessageIndex, in bytes: [UInt8]) {
    func text(_ range: Range<Int>) -> [UInt8] {
      // Mostly nothing is escaped, and then no text has to be made.
      guard bytes[range].contains(UInt8(ascii: "\\")) else { return Array(bytes[range]) }
      return JSONString.decode(bytes, range).map { Array($0.utf8) } ?? Array(bytes[range])
    }
    self.init(
      id: text(message.id),
      timestamp: message.timestamp,
      kind: message.kind,
      replyTo: message.replyTo.map(text),
      method: message.method.map(text)
    )
  }

  private static func number(of kind: MessageKind) -> UInt8 {
    switch kind {
    case .request: 1
    case .response: 2
    case .event: 3
    }
  }
}
