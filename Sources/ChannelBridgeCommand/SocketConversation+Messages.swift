// Messages that a command makes.

internal import ChannelBridge
internal import ChannelMessages
internal import ChannelModel
internal import ChannelWires
internal import LinuxIO
internal import Transom

extension SocketConversation {
  static func newID() -> String { "\(UniqueID.random())" }

  /// A message of its own id and of this moment.
  static func message(
    _ kind: MessageKind,
    _ method: String? = nil,
    _ payload: JSONText = .null,
    replyTo: String? = nil,
    error: String? = nil
  ) -> Message {
    Message(
      id: newID(),
      timestamp: ChannelFolder.wallClock().milliseconds,
      kind: kind,
      replyTo: replyTo,
      method: method,
      payload: payload,
      error: error
    )
  }

  /// The same of a payload that somebody wrote: what no channel takes is told here, where he is.
  nonisolated func written(_ kind: MessageKind, _ method: String, _ payload: JSONText) throws(ChannelError) -> Message {
    if let hazard = payload.peerHazard {
      let what = "the payload has \(hazard), which a 1.0 program cannot read"
      throw ChannelError(.wouldPoisonPeer, at: "\(address)", what)
    }
    let message = Self.message(kind, method, payload)
    let count = message.encode().count
    guard count <= LinesWire.lineLimit else {
      throw ChannelError(.tooLarge, at: "\(address)", "a line of \(count) bytes; the most is \(LinesWire.lineLimit)")
    }
    return message
  }
}
