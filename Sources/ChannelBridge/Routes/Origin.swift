// What a message was called before it came over a bridge.

internal import ChannelMessages

/// What an event was at the peer that told it, as it stands under `origin`: when it is told again, since nobody said in time
/// that it was taken over, it is known by that, also by a bridge that began later.
enum Origin {
  private static let key = "origin"
  /// It is no secret, since it has to be the same for all bridges: so this is no proof against those who make events look alike
  /// on purpose. Visitors could only lose their own, since their names stand before; the peers of a bridge trust each other.
  private static let digestKey = SipHash.Key(low: 0, high: 0)
  /// No program makes longer ones.
  private static let longest = 400

  /// By what an event is known that somebody tells: his name where he has one, its id, and a digest of what it says. A program
  /// that counts its events from one again whenever it is started tells others under the same ids.
  static func name(of event: Message, toldBy teller: String? = nil) -> String {
    var hash = SipHash(digestKey)
    hash.update(littleEndian: event.timestamp)
    hash.update(Array((event.method ?? "").utf8))
    // Ends the name.
    hash.update(byte: 0)
    hash.update(event.payload.bytes)
    let digest = String(hash.finish64(), radix: 16)
    return [teller, event.id, digest].compactMap(\.self).joined(separator: " ")
  }

  /// The fields of a message that was known by this name; those of one that is too long tell nothing.
  static func extended(_ fields: [MessageField], by name: String) -> [MessageField] {
    let others = removed(fields)
    var writer = JSONWriter()
    writer.string(name)
    guard name.utf8.count <= longest, let field = MessageField(name: key, value: JSONText(trusted: writer.bytes)) else {
      return others
    }
    return others + [field]
  }

  /// The fields of a message without that.
  static func removed(_ fields: [MessageField]) -> [MessageField] { fields.filter { $0.name != key } }

  /// By what a message was known; nil when it came over no bridge that says so.
  static func name(in message: Message) -> String? {
    guard let value = message.unknownFields.first(where: { $0.name == key })?.value.bytes,
      value.first == UInt8(ascii: "\"")
    else { return nil }
    return JSONString.decode(value, 1..<value.count - 1)
  }
}
