// What a directory event means for a channel.

/// Knows which watch belongs to which directory, and turns events into changes to look at.
///
/// Events are hints, never counts: each change only says what to look at, and looking twice does no harm.
package struct WatchTable: Sendable {
  /// What is watched.
  package enum Place: Hashable, Sendable {
    case channel
    case journal(Direction)
    /// A directory in which channels may be made.
    case folder
  }

  /// What happened, in words of the watch and not of its mask.
  package enum Event: Hashable, Sendable {
    case movedIn(name: [UInt8])
    case movedOut(name: [UInt8])
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
    /// Somebody opened the window; our own steady state never does.
    case windowOpened(ChannelNumber, Direction)
    case journalGrew(ChannelNumber, Direction)
    case segments(ChannelNumber, Direction)
    /// A name came into a folder or left it.
    case entries(ChannelNumber)
    /// Watch it anew, then look at all of it: its directory was moved, removed or made again.
    case rearm(ChannelNumber, Place)
    /// Events were lost: look at everything once.
    case rescanAll
  }

  private struct Entry: Hashable, Sendable {
    let channel: ChannelNumber
    let place: Place
  }

  /// One inode has one watch, and two channels of a process may share it: they were opened on one path.
  private var entries: [Int32: [Entry]] = [:]
  private var numbers: [Entry: Int32] = [:]

  package init() {}

  package var count: Int { entries.count }

  /// Takes note of a watch. The kernel gives a directory that is watched already the number that it has, which then
  /// serves all who added it. Returns the watch that served this place before and now serves nobody.
  package mutating func add(_ number: Int32, for channel: ChannelNumber, _ place: Place) -> Int32? {
    let entry = Entry(channel: channel, place: place)
    if numbers[entry] == number { return nil }
    let former = leave(entry)
    numbers[entry] = number
    entries[number, default: []].append(entry)
    return former
  }

  /// Forgets a place; returns its watch when that now serves nobody, so that it is to be removed.
  package mutating func remove(_ channel: ChannelNumber, _ place: Place) -> Int32? {
    leave(Entry(channel: channel, place: place))
  }

  /// Forgets a channel; returns the watches to remove.
  package mutating func remove(_ channel: ChannelNumber) -> [Int32] {
    ([.channel, .folder] + Direction.allCases.map(Place.journal)).compactMap { remove(channel, $0) }
  }

  private mutating func leave(_ entry: Entry) -> Int32? {
    guard let number = numbers.removeValue(forKey: entry) else { return nil }
    entries[number]?.removeAll { $0 == entry }
    guard let left = entries[number], left.isEmpty else { return nil }
    entries[number] = nil
    return number
  }

  /// What a watch serves.
  package func served(by number: Int32) -> [(channel: ChannelNumber, place: Place)] {
    entries[number, default: []].map { ($0.channel, $0.place) }
  }

  package func number(of channel: ChannelNumber, _ place: Place) -> Int32? {
    numbers[Entry(channel: channel, place: place)]
  }

  /// The queue ran over: what was lost nobody knows.
  package func overflowed() -> Change { .rescanAll }

  /// Appends what the event of a watch means, for each channel that it serves; nothing when it is none of ours or says
  /// nothing.
  package mutating func apply(_ event: Event, of number: Int32, to changes: inout [Change]) {
    guard let served = entries[number] else { return }
    if event == .ignored {
      entries[number] = nil
      for entry in served { numbers[entry] = nil }
    }
    for entry in served {
      if let change = change(event, for: entry) { changes.append(change) }
    }
  }

  private func change(_ event: Event, for entry: Entry) -> Change? {
    switch event {
    case .directoryDeleted, .directoryMoved, .unmounted, .ignored:
      return .rearm(entry.channel, entry.place)
    case .movedIn(let name), .movedOut(let name), .closedAfterWriting(let name), .opened(let name), .modified(let name),
      .created(let name), .deleted(let name):
      switch entry.place {
      case .folder: return folderChange(event, in: entry.channel)
      case .channel: return channelChange(event, name: name, in: entry.channel)
      case .journal(let direction): return journalChange(event, name: name, in: entry.channel, direction)
      }
    }
  }

  private func folderChange(_ event: Event, in folder: ChannelNumber) -> Change? {
    switch event {
    case .movedIn, .movedOut, .created, .deleted: .entries(folder)
    default: nil
    }
  }

  // Names are compared as bytes: a message's way from the kernel to its reader makes no text.
  private static let hidden = Array(ChannelLayout.hidden.utf8)
  private static let windows = Direction.allCases.map { ($0, Array(ChannelLayout.window($0).utf8)) }
  private static let segmentEnding = Array(".seg".utf8)
  private static let journalLock = Array(ChannelLayout.journalLock.utf8)

  private func channelChange(_ event: Event, name: [UInt8], in channel: ChannelNumber) -> Change? {
    if let (direction, _) = Self.windows.first(where: { $0.1 == name }) {
      switch event {
      case .opened: return .windowOpened(channel, direction)
      case .movedIn, .movedOut, .closedAfterWriting, .modified, .created, .deleted: return .window(channel, direction)
      default: return nil
      }
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
    if name == Self.journalLock {
      // Nobody removes it but with the journal around it, whose own deletion nobody is told of while a descriptor of it
      // is held anywhere.
      if case .deleted = event { return .rearm(channel, .journal(direction)) }
      return nil
    }
    // Whether it is a segment's whole name the list of segments will tell.
    guard name.suffix(Self.segmentEnding.count).elementsEqual(Self.segmentEnding) else { return nil }
    switch event {
    case .modified, .closedAfterWriting: return .journalGrew(channel, direction)
    case .movedIn, .created, .deleted: return .segments(channel, direction)
    default: return nil
    }
  }
}
