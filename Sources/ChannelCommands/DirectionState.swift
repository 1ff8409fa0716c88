// The state of one direction as `inspect` shows it.

package import ChannelMessages

/// What was found in one direction of a channel.
package struct DirectionState: Hashable, Sendable {
  package struct Segment: Hashable, Sendable {
    package var first: UInt64
    package var last: UInt64
    package var byteCount: UInt64

    package init(first: UInt64, last: UInt64, byteCount: UInt64) {
      self.first = first
      self.last = last
      self.byteCount = byteCount
    }
  }

  /// A message that the slowest reader has not acknowledged.
  package struct Unread: Hashable, Sendable {
    package var number: UInt64
    package var age: Duration
    package var reader: String

    package init(number: UInt64, age: Duration, reader: String) {
      self.number = number
      self.age = age
      self.reader = reader
    }
  }

  /// A lock among Transom programs.
  package struct Lock: Hashable, Sendable {
    package var name: String
    /// Who holds it, in words; nil when nobody does.
    package var holder: String?

    package init(name: String, holder: String?) {
      self.name = name
      self.holder = holder
    }
  }

  /// The name of its files.
  package var name: String
  package var writer: Side
  /// The newest number that was given; clears and gaps have numbers too.
  package var newest: UInt64
  /// The newest number of a message; nil where the journal holds none.
  package var newestMessage: UInt64?
  package var segments: [Segment]
  /// The most that a reader with a place has not read.
  package var backlog: UInt64
  package var oldestUnread: Unread?
  package var readers: [ReaderState]
  package var locks: [Lock]
  package var window: WindowState
  /// The lock that 1.0 programs take; nil when it is free.
  package var windowLock: WindowLockState?
  /// Nil where nothing was written down about them since the machine was started.
  package var peers: PeersState?
  package var quarantine: QuarantineState

  package init(
    name: String,
    writer: Side,
    newest: UInt64,
    newestMessage: UInt64? = nil,
    segments: [Segment] = [],
    backlog: UInt64 = 0,
    oldestUnread: Unread? = nil,
    readers: [ReaderState] = [],
    locks: [Lock] = [],
    window: WindowState = WindowState(.missing),
    windowLock: WindowLockState? = nil,
    peers: PeersState? = nil,
    quarantine: QuarantineState = QuarantineState()
  ) {
    self.name = name
    self.writer = writer
    self.newest = newest
    self.newestMessage = newestMessage
    self.segments = segments
    self.backlog = backlog
    self.oldestUnread = oldestUnread
    self.readers = readers
    self.locks = locks
    self.window = window
    self.windowLock = windowLock
    self.peers = peers
    self.quarantine = quarantine
  }

  /// Whether a monitor would open the window: it is not the one that a Transom program left.
  package var monitorReadsWindow: Bool { window.content != .missing && window.author != .transom }

  package var byteCount: UInt64 { segments.reduce(0) { $0 + $1.byteCount } }
}
