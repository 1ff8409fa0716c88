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

  private static func number(of kind: MessageKind) -> UInt8 {
    switch kind {
    case .request: 1
    case .response: 2
    case .event: 3
    }
  }
}
