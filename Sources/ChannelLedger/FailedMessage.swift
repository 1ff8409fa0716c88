// What becomes a dead letter.

package import ChannelMessages
package import ChannelModel

/// A message that is given up, with its exact bytes.
package struct FailedMessage: Sendable {
  package var channel: String
  package var direction: Direction
  package var id: String
  package var sequence: SequenceNumber
  package var kind: MessageKind
  package var method: String?
  package var bytes: [UInt8]
  package var reason: DeadLetter.Reason
  /// How often it was tried since it was taken up, or taken up again.
  package var attempts: UInt64
  package var failure: DeadLetter.Failure

  package init(
    channel: String,
    direction: Direction,
    id: String,
    sequence: SequenceNumber,
    kind: MessageKind,
    method: String?,
    bytes: [UInt8],
    reason: DeadLetter.Reason,
    attempts: UInt64,
    failure: DeadLetter.Failure
  ) {
    self.channel = channel
    self.direction = direction
    self.id = id
    self.sequence = sequence
    self.kind = kind
    self.method = method
    self.bytes = bytes
    self.reason = reason
    self.attempts = attempts
    self.failure = failure
  }

  /// The message of a letter, which has failed once more.
  package init(again letter: DeadLetter, _ bytes: [UInt8], _ reason: DeadLetter.Reason, _ failure: DeadLetter.Failure) {
    self.init(
      channel: letter.channel,
      direction: letter.direction,
      id: letter.id,
      sequence: letter.sequence,
      kind: letter.kind,
      method: letter.method,
      bytes: bytes,
      reason: reason,
      attempts: 1,
      failure: failure
    )
  }
}
