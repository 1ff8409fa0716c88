// What a directory event means for a channel.

/// Knows which watch belongs to which directory, and turns events into changes to look at.
///
/// Events are hints, never counts: each change only says what to look at, and looking twice does no harm.
package struct WatchTable<Channel: Hashable & Sendable>: Sendable {
  /// What is watched.
  package enum Place: Hashable, Sendable {
    case channel
    case journal(Direction)
  }

  /// What happened, in words of the watch and not of its mask.
  package enum Event: Hashable, Sendable {
    case movedIn(name: String)
    case closedAfterWriting(name: String)
    case opened(name: String)
    case modified(name: String)
    case created(name: String)
    case deleted(name: String)
    case directoryDeleted
    case directoryMoved
    case unmounted
    /// The kernel has let go of the watch.
    case ignored
  }

  /// What to look at.
  package enum Change: Hashable, Sendable {
    case window(Channel, Direction)
    case windowLockFreed(Channel, Direction)
    /// Somebody opened the window; our own steady state never does.
    case windowOpened(Channel, Direction)
    case journalGrew(Channel, Direction)
    case segments(Channel, Direction)
    /// Watch it anew, then look at all of it: its directory was moved, removed or made again.
    case rearm(Channel, Place)
    /// Events were lost: look at everything once.
    case rescanAll
  }

  private struct Entry: Hashable, Sendable {
    let channel: Channel
    let place: Place
  }

  private var entries: [Int32: Entry] = [:]
  private var numbers: [Entry: Int32] = [:]

  package init() {}

  package var count: Int { entries.count }

  /// Takes note of a watch. The kernel gives a directory that is watched already the number that it has.
  package mutating func add(_ number: Int32, for channel: Channel, _ place: Place) {
    let entry = Entry(channel: channel, place: place)
    if let former = numbers[entry] { entries[former] = nil }
    if let former = entries[number] { numbers[former] = nil }
    entries[number] = entry
    numbers[entry] = number
  }

  /// Forgets a channel; returns the watches to remove.
  package mutating func remove(_ channel: Channel) -> [Int32] {
    let places: [Place] = [.channel] + Direction.allCases.map(Place.journal)
    let gone = places.compactMap { numbers.removeValue(forKey: Entry(channel: channel, place: $0)) }
    for number in gone { entries[number] = nil }
    return gone
  }

  package func number(of channel: Channel, _ place: Place) -> Int32? {
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

  private func channelChange(_ event: Event, name: String, in channel: Channel) -> Change? {
    if name == ChannelLayout.hidden {
      switch event {
      case .movedIn, .created, .deleted: return .rearm(channel, .channel)
      default: return nil
      }
    }
    for direction in Direction.allCases {
      if name == ChannelLayout.window(direction) {
        switch event {
        case .opened: return .windowOpened(channel, direction)
        case .movedIn, .closedAfterWriting, .modified, .created, .deleted: return .window(channel, direction)
        default: return nil
        }
      }
      if name == ChannelLayout.windowLock(direction), case .deleted = event {
        return .windowLockFreed(channel, direction)
      }
    }
    return nil
  }

  private func journalChange(_ event: Event, name: String, in channel: Channel, _ direction: Direction) -> Change? {
    guard ChannelLayout.firstSequenceNumber(ofSegment: name) != nil else { return nil }
    switch event {
    case .modified, .closedAfterWriting: return .journalGrew(channel, direction)
    case .movedIn, .created, .deleted: return .segments(channel, direction)
    default: return nil
    }
  }
}
