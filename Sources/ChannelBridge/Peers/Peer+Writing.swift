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

  /// Whoever lets more of his answers wait than that reads nothing any more.
  private static let mostAnswerBytes = 64 << 20

  /// Writes what it has asked for, waiting for room; whoever reads no answers is left.
  func answer(_ message: Message) async {
    let bytes = wire.encode(message)
    answerBytes += bytes.count
    unread.byteCount += bytes.count
    defer {
      answerBytes -= bytes.count
      unread.byteCount -= bytes.count
    }
    if answerBytes > Self.mostAnswerBytes { return endUnread() }
    if unread.isTooMuch { onHappening(.tooMuchUnread) }
    await writeWaiting(bytes)
  }

  /// Ends it as one who asks and does not read.
  func endUnread() { end("it does not read its answers, of which too many wait") }

  /// Tells it that there is still somebody, where nothing else is on its way; to be called now and then. Whoever has taken
  /// nothing since the last time, though an answer waits for him, is left: what is held for him is needed by others.
  func showLife() {
    if isFlushed { _ = write(wire.encodeLife()) }
    let count = stream.waitingCount
    if answerBytes > 0, count == formerWaitingCount { return end("it does not read its answers") }
    formerWaitingCount = answerBytes > 0 ? count : nil
  }
}
