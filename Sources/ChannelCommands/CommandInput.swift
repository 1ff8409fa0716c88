// What a command gets of a message.

internal import ChannelMessages

/// The standard input of commands that are run for messages.
enum CommandInput {
  /// The payload on one line, whatever its sender made of it: what a shell's `read` takes.
  static func line(of message: Message) -> [UInt8] {
    var payload = JSONWriter(reservingCapacity: message.payload.bytes.count + 1)
    payload.compact(message.payload)
    return payload.bytes + [UInt8(ascii: "\n")]
  }
}
