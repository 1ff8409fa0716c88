// What the programs of a round send: each says who sent it, the how-manieth it is, and that nobody changed it.

internal import ChannelMessages

/// An event whose name is its sender and whose payload is its number with a checksum.
struct Letter: Hashable {
  let sender: String
  let number: Int

  /// The payload; the python programs make the same.
  var payload: String { "\(number):\(Self.checksum(sender, number))" }

  init(sender: String, number: Int) {
    self.sender = sender
    self.number = number
  }

  /// Nil for one that somebody damaged.
  init?(_ message: Message) {
    guard let sender = message.method else { return nil }
    let text = String(decoding: message.payload.bytes, as: UTF8.self)
    let parts = text.split(separator: ":")
    guard text.hasPrefix("\""), text.hasSuffix("\""), parts.count == 2, let number = Int(parts[0].dropFirst()),
      text == "\"\(Letter(sender: sender, number: number).payload)\""
    else { return nil }
    self.init(sender: sender, number: number)
  }

  private static func checksum(_ sender: String, _ number: Int) -> Int {
    "\(sender) \(number)".utf8.reduce(7) { ($0 * 31 + Int($1)) % 1_000_003 }
  }
}
