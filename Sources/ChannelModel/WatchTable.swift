// What a directory event means for a channel.

/// Knows which watch belongs to which directory, and turns events into changes to look at.
///
/// Events are hints, never counts: each change only says what to look at, and looking twice does no harm.
package struct WatchTable: Sendable {
  /// What is watched.
  package enum Place: Hashable, Sendable {
    case channel
    case journal(Direction)
  }

  /// What happened, in words of the watch and not of its mask.
  package enum Event: Hashable, Sendable {
    case movedIn(name: [UInt8])
    case closedAfterWriting(name: [UInt8])
    case opened(name: [UInt8])
    case modified(name: [UInt8])
    case created(name: [UInt8])
    case deleted(name: [UInt8])
    case directoryDeleted
    case directoryMoved
    case unmounted
    /// The kernel has let go of the watch.
    case ignored
  }

  /// What to look at.
  package enum Change: Hashable, Sendable {
    case window(ChannelNumber, Direction)
    case windowLockFreed(ChannelNumber, Direction)
    /// Somebody opened the window; our own steady state never does.
    case windowOpened(ChannelNumber, Direction)
    case journalGrew(ChannelNumber, Direction)
    case segments(ChannelNumber, Direction)
    /// Watch it anew, then look at all of it: its directory was moved, removed or made again.
    case rearm(ChannelNumber, Place)
    /// Events were lost: look at everything once.
    case rescanAll
  }

  private struct Entry: Hashable, Sendable {
    let channel: ChannelNumber
    let place: Place
  }

  private var entries: [Int32: Entry] = [:]
  private var numbers: [Entry: Int32] = [:]

  package init() {}

  package var count: Int { entries.count }

  /// Takes note of a watch. The kernel gives a directory that is watched already the number that it has.
  package mutating func add(_ number: Int32, for channel: ChannelNumber, _ place: Place) {
    let entry = Entry(channel: channel, place: place)
    if let former = numbers[entry] { entries[former] = nil }
    if let former = entries[number] { numbers[former] = nil }
    entries[number] = entry
    numbers[entry] = number
  }

  /// Forgets a channel; returns the watches to remove.
  package mutating func remove(_ channel: ChannelNumber) -> [Int32] {
    let places: [Place] = [.channel] + Direction.allCases.map(Place.journal)
    let gone = places.compactMap { numbers.removeValue(forKey: Entry(channel: channel, place: $0)) }
    for number in gone { entries[number] = nil }
    return gone
  }

  package func number(of channel: ChannelNumber, _ place: Place) -> Int32? {
    numbers[Entry(channel: channel, place: place)]
  }

  /// The queue ran over: what was lost nobody knows.
  package func overflowed() -> Change { .rescanAll }

  /// What the event of a watch means; nil when it is none of ours or says nothing.
  package mutating func apply(_ event: Event, of number: Int32) -> Change? {
    guard let entry = entries[number] else { return nil }
    switch event {
    case .directoryDeleted, .directoryMoved, .unmounted:
      return .rearm(entry.channel, entry.place)
    case .ignored:
      entries[number] = nil
      numbers[entry] = nil
      return .rearm(entry.channel, entry.place)
    case .movedIn(let name), .closedAfterWriting(let name), .opened(let name), .modified(let name), .created(let name),
      .deleted(let name):
      switch entry.place {
      case .channel: return channelChange(event, name: name, in: entry.channel)
      case .journal(let direction): return journalChange(event, name: name, in: entry.channel, direction)
      }
    }
  }

  // Names are compared as bytes: a message's way from the kernel to its reader makes no text.
  private static let hidden = Array(ChannelLayout.hidden.utf8)
  private static let windows = Direction.allCases.map { ($0, Array(ChannelLayout.window($0).utf8)) }
  private static let locks = Direction.allCases.map { ($0, Array(ChannelLayout.windowLock($0).utf8)) }
  private static let segmentEnding = Array(".seg".utf8)

  private func channelChange(_ event: Event, name: [UInt8], in channel: ChannelNumber) -> Change? {
    if let (direction, _) = Self.windows.first(where: { $0.1 == name }) {
      switch event {
      case .opened: return .windowOpened(channel, direction)
      case .movedIn, .closedAfterWriting, .modified, .created, .deleted: return .window(channel, direction)
      default: return nil
      }
    }
    if let (direction, _) = Self.locks.first(where: { $0.1 == name }) {
      if case .deleted = event { return .windowLockFreed(channel, direction) }
      return nil
    }
    guard name == Self.hidden else { return nil }
    switch event {
    case .movedIn, .created, .deleted: return .rearm(channel, .channel)
    default: return nil
    }
  }

  private func journalChange(
    _ event: Event,
    name: [UInt8],
    in channel: ChannelNumber,
    _ direction: Direction
  ) -> Change? {
    // Whether it is a segment's whole name the list of segments will tell.
    guard name.suffix(Self.segmentEnding.count).elementsEqual(Self.segmentEnding) else { return nil }
    switch event {
    case .modified, .closedAfterWriting: return .journalGrew(channel, direction)
    case .movedIn, .created, .deleted: return .segments(channel, direction)
    default: return nil
    }
  }
}
