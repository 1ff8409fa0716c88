// A message that could not be delivered or handled.

package import ChannelMessages

/// What is known of a message that failed for good; its own bytes are asked for apart, since they may be many.
package struct DeadLetter: Sendable, Hashable {
  /// Why it was given up.
  package enum Reason: String, Sendable, Hashable, CaseIterable {
    /// Its handler, or the other end, answered with an error.
    case failed
    case timedOut = "timed-out"
    /// It is not allowed where it was to go.
    case refused
    case tooManyAttempts = "too-many-attempts"
    /// The daemon ended while it was handled.
    case interrupted
    /// It was not wanted any more when its turn came.
    case expired
    /// Where it was to go it cannot be read.
    case malformed
  }

  /// Something that went wrong with it, and when.
  package struct Failure: Sendable, Hashable {
    package let error: String
    package let time: WallTime

    package init(_ error: String, at time: WallTime) {
      self.error = error
      self.time = time
    }
  }

  /// Its place among all letters, from the oldest to the newest.
  package let number: UInt64
  package let channel: String
  package let direction: Direction
  /// The message's own id and number.
  package let id: String
  package let sequence: SequenceNumber
  package let kind: MessageKind
  package let method: String?
  /// Why it was given up the last time.
  package let reason: Reason
  package let attempts: UInt64
  package let first: Failure
  package let last: Failure
  /// How long the message is.
  package let byteCount: Int

  package init(
    number: UInt64,
    channel: String,
    direction: Direction,
    id: String,
    sequence: SequenceNumber,
    kind: MessageKind,
    method: String?,
    reason: Reason,
    attempts: UInt64,
    first: Failure,
    last: Failure,
    byteCount: Int
  ) {
    self.number = number
    self.channel = channel
    self.direction = direction
    self.id = id
    self.sequence = sequence
    self.kind = kind
    self.method = method
    self.reason = reason
    self.attempts = attempts
    self.first = first
    self.last = last
    self.byteCount = byteCount
  }
}
