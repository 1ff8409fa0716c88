// One step of a message on its way.

/// Where a message was, and when.
package struct TraceStep: Sendable, Hashable {
  /// What happened to it. The raw values are in databases: none is ever given another meaning.
  package enum Kind: UInt8, Sendable, Hashable, CaseIterable {
    case arrived = 0
    /// A route or a handler was found for it.
    case matched = 1
    case started = 2
    case answered = 3
    /// 1.0 programs see it in their window.
    case shown = 4
    case dead = 5
    /// It was written to a stream.
    case forwarded = 6
    /// The other end has it.
    case acknowledged = 7
    /// It failed, and is tried again.
    case retried = 8
    /// It waits for room or for the other end.
    case held = 9
  }

  package let kind: Kind
  package let time: WallTime
  package let channel: String
  /// What there is to say beside: a handler's name, a peer, an error.
  package let detail: String

  package init(_ kind: Kind, at time: WallTime, channel: String, detail: String = "") {
    self.kind = kind
    self.time = time
    self.channel = channel
    self.detail = detail
  }
}
