// What stands on a wire.

package import ChannelMessages

/// One thing that the other end said.
package enum WireItem: Sendable, Hashable {
  case message(Message)
  /// It has taken over the messages of these ids for good.
  case acknowledged([String])
  /// It has taken its leave, and listens no more.
  case left
  /// It refused what it got, in its words, and listens no more.
  case refusedThere(String)
  /// What came cannot be read. It is unknown where the next would begin, or what was meant: nothing more is read.
  case refused(WireRefusal)
}
