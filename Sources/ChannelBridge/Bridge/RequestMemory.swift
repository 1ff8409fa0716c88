// What is remembered of requests beyond the end of a bridge.

package import ChannelMessages
package import Transom

/// Sees to it that no peer is asked the same twice, also when the program is killed while it is at a peer.
package protocol RequestMemory: Sendable {
  /// Writes down that a request goes to a peer, and tells what is known of it: on the loop, at once where that can be.
  func begin(_ request: Message, _ then: @escaping @Sendable (RecalledRequest) -> Void)
}

/// What is known of a request that is to go to a peer.
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
