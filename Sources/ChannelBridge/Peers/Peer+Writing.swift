// What a peer is told beside messages.

internal import ChannelMessages
internal import ChannelSockets
internal import ChannelWires

extension Peer {
  /// Says that its messages of these ids are taken over, where its wire has words for that.
  func acknowledge(_ ids: [String]) async {
    guard let bytes = wire.encode(acknowledging: ids) else { return }
    if let limit = stream.lineLimit, bytes.count > limit, ids.count > 1 {
      await acknowledge(Array(ids.prefix(ids.count / 2)))
      await acknowledge(Array(ids.dropFirst(ids.count / 2)))
    } else {
      await writeWaiting(bytes)
    }
  }

  /// Writes what it has asked for, waiting for room; whoever reads no answers is left.
  func answer(_ message: Message) async {
    let bytes = wire.encode(message)
    answerBytes += bytes.count
    defer { answerBytes -= bytes.count }
    if answerBytes > Self.mostAnswerBytes { return end("it does not read its answers, of which too many wait") }
    await writeWaiting(bytes)
  }

  /// Tells it that there is still somebody, where nothing else is on its way.
  func showLife() {
    if isFlushed { _ = write(wire.encodeLife()) }
  }
}
