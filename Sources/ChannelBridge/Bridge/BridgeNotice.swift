// What a bridge tells.

package import ChannelMessages
package import ChannelWires
package import LinuxIO
package import Transom

/// Something that whoever runs a bridge may want to know. Peers are told by their names.
package enum BridgeNotice: Sendable {
  case listening(at: String)
  case connected(String)
  /// Somebody was closed out, because as many are connected as may be.
  case full(String)
  /// Why it is not connected any more, nil: the other end was done; where it is tried again, after this time.
  case lost(String, String?, again: Duration? = nil)
  /// Nobody can be let in now; it is tried again and again.
  case paused(String, SystemError)
  /// It could not be connected to; it is tried again after this time.
  case unreachable(String, SystemError, again: Duration)
  /// Somebody is there with whom nothing can be spoken; it is tried again after this time.
  case shutOut(String, PeerFailure, again: Duration)
  /// No further connection could be made to it, and why; none is tried for so long.
  case aloneThere(String, String, again: Duration)
  /// There was one connection, and it has ended; why, where something was wrong. What it is told comes last.
  case over(String?)
  /// What came from it was refused, and so it was left.
  case refused(String, WireRefusal)
  /// It refused what it got, in its words.
  case refusedThere(String, String)
  /// A message does not go across, and why; it is not tried again.
  case dropped(Message, String)
  /// Nothing is kept by the name of this reader any more, since nobody has come by it for so long.
  case forgotten(String, Duration)
  /// What was to be told to it is not there any more.
  case missing(String, Gap)
  /// The channel cannot be read or written; it is tried again.
  case troubled(ChannelError)
}
