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
  /// The newest number that was given.
  package var newest: UInt64
  package var segments: [Segment]
  /// The most that a reader with a place has not read.
  package var backlog: UInt64
  package var oldestUnread: Unread?
  package var readers: [ReaderState]
  package var locks: [Lock]
  package var quarantineCount: Int
  package var quarantineBytes: UInt64
  /// The length of the window, which only 1.0 programs write; nil when there is none.
  package var windowBytes: UInt64?

  package init(
    name: String,
    writer: Side,
    newest: UInt64,
    segments: [Segment] = [],
    backlog: UInt64 = 0,
    oldestUnread: Unread? = nil,
    readers: [ReaderState] = [],
    locks: [Lock] = [],
    quarantineCount: Int = 0,
    quarantineBytes: UInt64 = 0,
    windowBytes: UInt64? = nil
  ) {
    self.name = name
    self.writer = writer
    self.newest = newest
    self.segments = segments
    self.backlog = backlog
    self.oldestUnread = oldestUnread
    self.readers = readers
    self.locks = locks
    self.quarantineCount = quarantineCount
    self.quarantineBytes = quarantineBytes
    self.windowBytes = windowBytes
  }

  package var byteCount: UInt64 { segments.reduce(0) { $0 + $1.byteCount } }
}
