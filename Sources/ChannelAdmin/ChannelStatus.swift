// How a channel is.

package import ChannelModel

/// One channel that the daemon serves: what it has done in it, and what it knows of it.
package struct ChannelStatus: Sendable, Hashable {
  package enum Phase: String, Sendable, Hashable, CaseIterable {
    /// Nothing happens in it; it is only attended to.
    case idle
    case opening
    case open
    case closing
    /// It cannot be opened, see `trouble`.
    case troubled
  }

  /// How far behind a reader was when the channel was looked at last.
  package struct Reader: Sendable, Hashable {
    package let name: String
    package let direction: Direction
    /// Messages that it has not acknowledged.
    package let unread: UInt64
    /// The age of the oldest of those.
    package let age: Duration?

    package init(_ name: String, _ direction: Direction, unread: UInt64, age: Duration?) {
      self.name = name
      self.direction = direction
      self.unread = unread
      self.age = age
    }
  }

  package let path: String
  /// The path below its root.
  package let name: String
  package var phase: Phase
  /// Requests and events that handlers were given, how many of them failed, and how many became dead letters.
  package var requests: UInt64 = 0
  package var events: UInt64 = 0
  package var failed: UInt64 = 0
  package var dead: UInt64 = 0
  /// Messages that handlers have now.
  package var inFlight = 0
  /// When a message came last.
  package var active: WallTime?
  package var readers: [Reader] = []
  /// Messages that 1.0 programs wrote over before they were read, or that came without being seen, as far as is known.
  package var missed: UInt64 = 0
  /// Whether a program writes its window in place.
  package var isWrittenInPlace = false
  package var trouble: String?

  package init(path: String, name: String, phase: Phase) {
    self.path = path
    self.name = name
    self.phase = phase
  }
}
