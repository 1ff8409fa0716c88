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
    guard mayBeTold else { return }
    let bytes = wire.encode(message)
    pendingAnswers.begin(bytes.count)
    if pendingAnswers.waiting > Self.mostAnswerBytes {
      endUnread()
    } else if unread.isTooMuch {
      onHappening(.tooMuchUnread)
    }
    await writeWaiting(bytes)
    pendingAnswers.end(bytes.count, untaken: isOpen ? stream.waitingCount : 0)
  }

  /// Ends it as one who asks and does not read.
  func endUnread() { end("it does not read its answers, of which too many wait") }

  /// The kernel takes no more of what waits until much of what it has is read: whoever reads slowly is seen to read by the
  /// second look or the third.
  private static let mostLooks = 3

  /// Tells it that there is still somebody, where nothing else is on its way; to be called now and then. Whoever takes nothing
  /// meanwhile, though an answer waits for him, is left: what is held for him is needed by others.
  func showLife() {
    if isFlushed { _ = write(wire.encodeLife()) }
    let isSame =
      (stream.waitingCount, answeredCount) == (looks.waitingCount, looks.answeredCount) && pendingAnswers.byteCount > 0
    looks = (stream.waitingCount, answeredCount, isSame ? looks.count + 1 : 0)
    if looks.count == Self.mostLooks { end("it does not read its answers") }
  }
}
