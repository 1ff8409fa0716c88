// What is known of a request.

package import ChannelMessages
package import Transom

/// What is remembered of a request that is to go to a peer.
package enum RecalledRequest: Sendable {
  /// It is asked for the first time, or may be asked again.
  case fresh(any RequestRecord)
  /// It is at somebody now, who will answer it.
  case running
  /// It was answered.
  case answered(Result<JSONText, RequestReply.Failure>)
  /// It was at somebody when the program was killed, and is not safe to repeat.
  case interrupted
}
