// What reads messages from a journal, whoever keeps its place.

internal import ChannelMessages
internal import ChannelModel

/// Reads the messages of one direction one after the other; the kinds of reader differ in who keeps the place.
protocol MessageReader: AnyObject, Sendable {
  /// What comes next, nil when nothing is there now; never waits.
  func tryNext() throws(ChannelError) -> Delivered?
  func acknowledge(_ number: SequenceNumber) throws(ChannelError)
  /// Writes the place and gives up the name.
  func close()
}

/// What a reader brings: a message, or what is missing before the next one.
enum Delivered: Sendable {
  case message(Message, SequenceNumber, at: WallTime, isRedelivered: Bool)
  case gap(Gap)
}
