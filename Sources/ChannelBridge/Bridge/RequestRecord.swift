// What was written down of a request.

package import ChannelMessages
package import Transom

/// The record of a request that is at a peer, until it is known what became of it.
package protocol RequestRecord: Sendable {
  /// It was answered so.
  func settle(_ outcome: Result<JSONText, RequestReply.Failure>)

  /// No peer was asked.
  func withdraw()
}
