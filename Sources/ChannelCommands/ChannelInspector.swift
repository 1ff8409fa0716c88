// Finds out what `inspect` and `reader` show.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import Transom

/// Looks at an opened channel.
struct ChannelInspector {
  let folder: ChannelFolder

  /// Opens the channel at a path; there must be one. Who only looks changes nothing in it.
  init(_ path: String, onlyLooks: Bool = false) throws(ChannelError) {
    var options = ChannelFolder.Options()
    options.creates = false
    options.isOnlyLookedAt = onlyLooks
    folder = try ChannelFolder.open(path, options: options)
  }

  func state() throws(ChannelError) -> ChannelState {
    var directions: [DirectionState] = []
    for direction in Direction.allCases { directions.append(try state(of: direction)) }
    return ChannelState(
      path: folder.path,
      identifier: "\(folder.key.channel)",
      fileSystem: folder.fileSystem.name,
      watching: watching(),
      obstacle: folder.writingObstacle().map { "\($0.path): \($0.what)" },
      directions: directions,
      leftovers: LeftoverState.look(in: folder.directory)
    )
  }

  func registry(of direction: Direction) throws(ChannelError) -> ReaderRegistry {
    ReaderRegistry(try folder.direction(direction))
  }

  /// The readers of a direction, by name; those who only listen come last.
  func readers(of direction: Direction) throws(ChannelError) -> [ReaderState] {
    try places(in: direction).map(\.state)
  }

  /// The same, each with how far it has acknowledged everything.
  private func places(
    in direction: Direction
  ) throws(ChannelError) -> [(state: ReaderState, through: SequenceNumber)] {
    let now = ChannelFolder.wallClock()
    let listed = try registry(of: direction).list()
    let opened = try folder.direction(direction)
    var places: [(state: ReaderState, through: SequenceNumber)] = []
    for reader in listed.filter({ $0.kind != .unnamed }) + listed.filter({ $0.kind == .unnamed }) {
      let unread = try unread(by: reader, in: opened)
      places.append((Self.state(reader, unread, direction, now), reader.through))
    }
    return places
  }

  /// How many messages a reader has still to acknowledge: what else has a number, such as a clear, is nothing to read.
  private func unread(by reader: ReaderRegistry.Listed, in opened: DirectionFolder) throws(ChannelError) -> UInt64? {
    // It keeps its place to itself, and writes it down once for about each segment.
    if reader.kind == .unnamed { return nil }
    guard reader.kind != nil, reader.lag > 0, reader.lag <= Self.highestBacklog else { return reader.lag }
    var count: UInt64 = 0
    let look = JournalReader(opened, after: reader.through)
    while let stretch = try look.next() { count += UInt64(stretch.records.count { $0.kind.carriesMessage }) }
    return count
  }

  /// How far a direction's window shows what is in the journal, by the record that was found beside it.
  func shown(
    in direction: Direction,
    _ record: WindowInspector.Record?
  ) throws(ChannelError) -> WindowState.Shown {
    let opened = try folder.direction(direction)
    let last = try opened.log.withLock(until: .now) { held in held.last }
    return try shown(of: opened, last, record)
  }

  // MARK: Parts

  private static func state(
    _ listed: ReaderRegistry.Listed,
    _ unread: UInt64?,
    _ direction: Direction,
    _ now: WallTime
  ) -> ReaderState {
    let kind: ReaderState.Kind =
      switch listed.kind {
      case .reader: .reader
      case .group: .group
      case .unnamed: .listener
      case nil: .unreadable
      }
    return ReaderState(
      name: listed.name,
      kind: kind,
      side: direction.reader,
      unread: unread,
      holders: listed.holders,
      saved: kind == .listener ? nil : listed.written.map { age(of: $0, now) },
      fault: listed.fault
    )
  }

  private static func age(of time: WallTime, _ now: WallTime) -> Duration {
    // A clock that was set back makes nothing younger than new.
    .nanoseconds(Int64(clamping: now.nanoseconds - min(now.nanoseconds, time.nanoseconds)))
  }

  private func state(of direction: Direction) throws(ChannelError) -> DirectionState {
    let opened = try folder.direction(direction)
    // Asked before the lock is taken for the look itself.
    let locks = try self.locks(of: opened)
    let deadline = Moment.now.advanced(by: .seconds(6))
    let (last, segments) = try opened.log.withLock(until: deadline) { held in (held.last, held.segments) }
    let places = try places(in: direction)
    let slowest = places.filter { $0.state.kind == .reader || $0.state.kind == .group }
      .max { $0.state.unread ?? 0 < $1.state.unread ?? 0 }
    let look = WindowInspector(direction, in: folder.directory, boot: folder.boot)
    var (window, record) = try look.window()
    if window.isReadable { window.shown = try shown(of: opened, last, record) }
    return DirectionState(
      name: direction.name,
      writer: direction.writer,
      newest: last.rawValue,
      newestMessage: try newestMessage(until: last, in: opened)?.rawValue,
      segments: segments.map {
        DirectionState.Segment(
          first: $0.first.rawValue,
          last: $0.last.rawValue,
          byteCount: UInt64(max(0, $0.byteCount))
        )
      },
      backlog: slowest?.state.unread ?? 0,
      oldestUnread: try slowest.flatMap { slowest throws(ChannelError) in
        try oldestUnread(slowest.state, behind: slowest.through, in: opened)
      },
      readers: places.map(\.state),
      locks: locks,
      window: window,
      windowLock: try look.lock(),
      peers: look.peers(),
      quarantine: try look.quarantine()
    )
  }

  /// The message that the slowest reader would get next.
  private func oldestUnread(
    _ reader: ReaderState,
    behind through: SequenceNumber,
    in opened: DirectionFolder
  ) throws(ChannelError) -> DirectionState.Unread? {
    guard reader.unread ?? 0 > 0 else { return nil }
    let look = JournalReader(opened, after: through)
    while let stretch = try look.next() {
      guard let record = stretch.records.first(where: \.kind.carriesMessage) else { continue }
      return DirectionState.Unread(
        number: record.sequenceNumber.rawValue,
        age: Self.age(of: record.time, ChannelFolder.wallClock()),
        reader: reader.name
      )
    }
    return nil
  }

  /// The newest message that is kept: mostly the newest record, or one not far before it.
  private func newestMessage(
    until last: SequenceNumber,
    in opened: DirectionFolder
  ) throws(ChannelError) -> SequenceNumber? {
    var distance: UInt64 = 1
    while true {
      let start = last.rawValue - min(last.rawValue, distance)
      var newest: SequenceNumber?
      let look = JournalReader(opened, after: SequenceNumber(start))
      while let stretch = try look.next() {
        newest = stretch.records.last { $0.kind.carriesMessage && $0.sequenceNumber <= last }?.sequenceNumber ?? newest
      }
      if newest != nil || start == 0 { return newest }
      distance *= 16
    }
  }

  private func locks(of opened: DirectionFolder) throws(ChannelError) -> [DirectionState.Lock] {
    [
      DirectionState.Lock(name: "journal", holder: try holder(of: ChannelLayout.journalLock, in: opened.journal)),
      DirectionState.Lock(
        name: "projection",
        holder: try holder(of: ChannelLayout.Inside.projectLock, in: opened.folder)
      ),
    ]
  }

  private func holder(of name: String, in directory: Directory) throws(ChannelError) -> String? {
    try ChannelError.calls(at: directory.path(of: name)) { () throws(SystemError) in
      guard let facts = try directory.facts(of: name), let process = try FlockHolder.find(of: facts.stamp) else {
        return nil
      }
      return "process \(process)"
    }
  }

  /// More than so many are not counted: who is that far behind is behind.
  private static let highestBacklog: UInt64 = 10_000

  private func shown(
    of opened: DirectionFolder,
    _ last: SequenceNumber,
    _ record: WindowInspector.Record?
  ) throws(ChannelError) -> WindowState.Shown {
    let start = record.map { max($0.shown, $0.projected.floor) } ?? .none
    // What somebody else wrote into it, or left out, since then the record does not know.
    let all: WindowState.Shown = record.map { $0.isOfWindow } ?? true ? .everything : .unknown
    guard start < last else { return all }
    var owed: UInt64 = 0
    let reader = JournalReader(opened, after: start)
    while owed < Self.highestBacklog, let stretch = try reader.next() {
      // What 1.0 programs sent is in the window that it was imported from, unless ours has replaced it since.
      owed += UInt64(
        stretch.records.count { $0.kind.carriesMessage && ($0.kind != .foreign || record?.isOfWindow == true) }
      )
    }
    return owed == 0 ? all : .behind(owed)
  }

  /// Watches for a moment, to see by what.
  private func watching() -> String {
    final class Nobody: WatchedChannel {
      func noticed(_ change: WatchChange) {}
    }
    let nobody = Nobody()
    do throws(ChannelError) {
      let watcher = try Watcher.shared()
      let number = try watcher.add(nobody)
      defer { watcher.remove(number) }
      try watcher.watch(number, channel: folder.directory, by: .automatic)
      return withExtendedLifetime(nobody) { "\(watcher.sight(of: number))" }
    } catch {
      return "nothing: \(error)"
    }
  }
}
