// What a message was called before it came over a bridge.

internal import ChannelMessages

/// The id that an event had at the peer that told it, as it stands under `origin`: whoever tells it again, since he was not told
/// in time that it was taken over, is known by that, also by a bridge that began later.
enum Origin {
  private static let key = "origin"
  /// No program makes longer ones.
  private static let longest = 400

  /// The fields of a message that was called this; those of an id that is too long tell nothing.
  static func extended(_ fields: [MessageField], by id: String) -> [MessageField] {
    let others = removed(fields)
    var writer = JSONWriter()
    writer.string(id)
    guard id.utf8.count <= longest, let field = MessageField(name: key, value: JSONText(trusted: writer.bytes)) else {
      return others
    }
    return others + [field]
  }

  /// The fields of a message without that.
  static func removed(_ fields: [MessageField]) -> [MessageField] { fields.filter { $0.name != key } }

  /// What a message was called; nil when it came over no bridge that says so.
  static func id(of message: Message) -> String? {
    guard let value = message.unknownFields.first(where: { $0.name == key })?.value.bytes,
      value.first == UInt8(ascii: "\"")
    else { return nil }
    return JSONString.decode(value, 1..<value.count - 1)
  }
}
