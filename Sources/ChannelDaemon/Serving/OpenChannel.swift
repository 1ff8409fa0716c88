// A channel while the daemon has it open.

internal import ChannelMessages
internal import ChannelModel
internal import Transom

/// The sides that the daemon is in a channel, with its readers.
final class OpenChannel: Sendable {
  let sides: [Side: Channel]
  /// What the requests of this channel are known by in the ledger, for good.
  let identity: String

  private init(_ sides: [Side: Channel], _ identity: String) {
    self.sides = sides
    self.identity = identity
  }

  /// Opens a channel that is there, as these sides, and takes care of both its directions: what 1.0 programs wrote is
  /// taken in, and what is owed to them shown. It waits for the disk and for locks, so not on the loop.
  static func open(
    at path: String,
    as sides: Set<Side>,
    onTrouble: @escaping @Sendable (ChannelError) -> Void
  ) throws -> OpenChannel {
    var options = ChannelOptions()
    options.creation = .never
    var opened: [Side: Channel] = [:]
    for side in sides.isEmpty ? [.backend] : sides {
      // Troubles of one channel are told by one of them.
      opened[side] = try Channel(at: path, as: side, options: options) { [isFirst = opened.isEmpty] error in
        if isFirst { onTrouble(error) }
      }
    }
    guard let any = opened.values.first else { preconditionFailure("there is at least one side") }
    try any.attend()
    return OpenChannel(opened, try any.identity())
  }

  func close() async {
    for channel in sides.values { await channel.close() }
  }
}
