// Which channels are watched, and by what.

internal import ChannelModel
internal import LinuxIO

/// The inotify instance with the table of what its numbers mean, and everybody who wants to be told.
///
/// The watcher holds it in a mutex, for the length of a call that never waits; nobody is told of anything from inside.
/// Nor may a strong reference to a channel end in here: it might be the last one, and a channel that ends comes here to
/// be removed.
struct WatchRegister {
  /// Whom to tell what.
  struct Notice {
    let channel: any WatchedChannel
    let pending: Pending
  }

  /// A journal that is likely to be the next one to grow.
  private struct Favourite {
    let number: ChannelNumber
    let direction: Direction
    weak var channel: (any WatchedChannel)?
  }

  /// A place that nobody tells of any more.
  struct Orphan {
    let number: ChannelNumber
    let place: WatchTable.Place
    let directory: Directory?
  }

  /// One watched directory of a channel.
  private struct Watched {
    let place: WatchTable.Place
    let identity: FileIdentity
    var sight: WatchSight
    var interest: WatchInterest
    /// Held by whoever opened it, or by nobody: a channel may have been let go of to save descriptors.
    weak var directory: Directory?
    var poll: Poll?
  }

  private struct FileIdentity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private final class Registration {
    weak var channel: (any WatchedChannel)?
    var pending: Pending = []
    var watched: [Watched] = []

    let number: ChannelNumber

    init(_ channel: any WatchedChannel, _ number: ChannelNumber) {
      self.channel = channel
      self.number = number
    }

    func isWatching(_ place: WatchTable.Place) -> Int? { watched.firstIndex { $0.place == place } }
  }

  private(set) var inotify: Inotify?
  /// Why there is no instance, and when that was.
  private(set) var absence: (reason: String, at: Moment)?
  private var table = WatchTable()
  private var registrations: [ChannelNumber: Registration] = [:]
  private var watches: [FileIdentity: Int32] = [:]
  private var lastNumber = 0
  /// Who was told last, when that was one journal of one channel.
  private var favourite: Favourite?
  // Kept for their capacity.
  private var events: [InotifyEvent] = []
  private var changes: [WatchTable.Change] = []
  private var touched: [Registration] = []

  var count: Int { registrations.count }
  var watchCount: Int { table.count }
  var numbers: [ChannelNumber] { Array(registrations.keys) }

  // MARK: The instance

  /// Gets the instance when there is none; once it was refused, not again before a second has passed.
  mutating func findInotify(at now: Moment) {
    if inotify != nil { return }
    if let absence, now < absence.at.advanced(by: .seconds(1)) { return }
    do {
      inotify = try Inotify()
      absence = nil
    } catch {
      absence = ("\(error)", now)
    }
  }

  // MARK: Channels

  mutating func add(_ channel: any WatchedChannel) -> ChannelNumber {
    lastNumber += 1
    let number = ChannelNumber(lastNumber)
    registrations[number] = Registration(channel, number)
    return number
  }

  /// Listens to a directory as far as that is possible, and says how its changes will come to be noticed; nil when there
  /// is no such channel any more.
  mutating func watch(
    _ number: ChannelNumber,
    _ place: WatchTable.Place,
    _ directory: Directory,
    for interest: WatchInterest,
    wanted: WatchSight
  ) -> WatchSight? {
    guard let registration = registrations[number] else { return nil }
    let stamp = directory.factsAtOpening.stamp
    let identity = FileIdentity(device: stamp.device, inode: stamp.inode)
    forget(registration, number, place, unless: identity)
    var sight = wanted
    if case .polling = wanted {
      stopListening(number, place, identity)
    } else if let refusal = listen(number, place, directory, identity, interest) {
      sight = .polling(because: refusal)
    }
    registration.watched.append(
      Watched(place: place, identity: identity, sight: sight, interest: interest, directory: directory)
    )
    return sight
  }

  /// Takes note of who looks at the place; false when it is not watched any more.
  mutating func attach(_ poll: Poll) -> Bool {
    guard let registration = registrations[poll.number], let index = registration.isWatching(poll.place) else {
      return false
    }
    registration.watched[index].poll = poll
    return true
  }

  /// Whether it is this one who looks at its place.
  func isAttached(_ poll: Poll) -> Bool {
    registrations[poll.number]?.watched.contains { $0.poll === poll } ?? false
  }

  mutating func remove(_ number: ChannelNumber) {
    guard let registration = registrations.removeValue(forKey: number) else { return }
    if favourite?.number == number { favourite = nil }
    for watched in registration.watched { stopListening(number, watched.place, watched.identity) }
  }

  func sight(of number: ChannelNumber) -> WatchSight {
    registrations[number]?.watched.map(\.sight).reduce(.inotify, WatchSight.worse) ?? .inotify
  }

  /// Who is to be told that, and the directories that are open.
  func whole(_ number: ChannelNumber) -> (channel: any WatchedChannel, directories: [Directory])? {
    guard let registration = registrations[number], let channel = registration.channel else { return nil }
    var directories: [Directory] = []
    // By index: to copy what is watched costs more than all the rest, and mostly nothing of it is open.
    for index in registration.watched.indices {
      if let directory = registration.watched[index].directory { directories.append(directory) }
    }
    return (channel, directories)
  }

  // MARK: Events

  /// Whether anybody is likely; he may be gone.
  var hasFavourite: Bool { favourite != nil }

  /// Whom it is worth to tell first, before it is known what happened.
  var likely: (channel: any WatchedChannel, change: WatchChange)? {
    guard let favourite, let channel = favourite.channel else { return nil }
    return (channel, .perhaps(favourite.direction))
  }

  /// Takes what has happened, without waiting, and says whether there may be more. When it throws, the instance is of no
  /// further use.
  mutating func drain(into notices: inout [Notice]) throws(SystemError) -> Bool {
    guard let inotify else { return false }
    events.removeAll(keepingCapacity: true)
    let isMore = try inotify.drain(into: &events)
    var isOverflow = false
    for event in events {
      if event.isOverflow { isOverflow = true }
      if let meaning = WatchTable.Event(event) { apply(meaning, of: event.watch) }
    }
    if isOverflow {
      for watch in inotify.endedUnseen() { apply(.ignored, of: watch) }
      for registration in registrations.values { touch(registration, .everything) }
    }
    if !touched.isEmpty { favourite = nil }
    for registration in touched {
      defer { registration.pending = [] }
      // From here on the notice holds it, which outlives the lock.
      guard let channel = registration.channel else { continue }
      notices.append(Notice(channel: channel, pending: registration.pending))
      if touched.count == 1, let direction = registration.pending.onlyJournal {
        favourite = Favourite(number: registration.number, direction: direction, channel: channel)
      }
    }
    touched.removeAll(keepingCapacity: true)
    return isMore
  }

  private mutating func apply(_ event: WatchTable.Event, of watch: Int32) {
    changes.removeAll(keepingCapacity: true)
    table.apply(event, of: watch, to: &changes)
    for change in changes {
      switch change {
      case .journalGrew(let number, let direction): touch(number, .journal(direction))
      case .segments(let number, let direction): touch(number, .segments(direction))
      case .rearm(let number, let place):
        if event == .ignored { letGo(number, place, of: watch) }
        touch(number, .directory)
      case .rescanAll:
        for registration in registrations.values { touch(registration, .everything) }
      case .window(let number, let direction): touch(number, .window(direction))
      case .windowOpened(let number, let direction): touch(number, .opened(direction))
      case .entries(let number): touch(number, .entries)
      }
    }
  }

  private mutating func touch(_ number: ChannelNumber, _ pending: Pending) {
    if let registration = registrations[number] { touch(registration, pending) }
  }

  private mutating func touch(_ registration: Registration, _ pending: Pending) {
    if registration.pending.isEmpty { touched.append(registration) }
    registration.pending.formUnion(pending)
  }

  /// The instance failed: everything that it served is to be looked at from now on.
  mutating func loseInotify(because error: SystemError, at now: Moment) -> [Orphan] {
    inotify = nil
    absence = ("\(error)", now)
    table = WatchTable()
    watches = [:]
    var orphans: [Orphan] = []
    for (number, registration) in registrations {
      for index in registration.watched.indices {
        registration.watched[index].sight = .polling(because: "inotify: \(error)")
        if registration.watched[index].poll == nil {
          let watched = registration.watched[index]
          orphans.append(Orphan(number: number, place: watched.place, directory: watched.directory))
        }
      }
    }
    return orphans
  }

  // MARK: Watches

  /// Listens to a directory; says what stands in the way.
  private mutating func listen(
    _ number: ChannelNumber,
    _ place: WatchTable.Place,
    _ directory: Directory,
    _ identity: FileIdentity,
    _ interest: WatchInterest
  ) -> String? {
    guard let inotify else { return absence?.reason ?? "inotify was not asked for" }
    let watch: Int32
    do {
      watch = try inotify.add(directory, place.mask(for: interest))
      watches[identity] = watch
    } catch .alreadyWatched {
      // Another channel of this process watches it, or this one did until now.
      guard let known = watches[identity] else { return "another part of this process watches it" }
      watch = known
      // Who asks for less than another has asked for gets more, which only costs.
      do { try inotify.change(watch, of: directory, to: mask(of: watch, besides: number, place, interest)) } catch {
        return "\(error)"
      }
    } catch {
      return "\(error)"
    }
    if let former = table.add(watch, for: number, place) { end(former) }
    return nil
  }

  /// What all who share a watch ask for together.
  private func mask(
    of watch: Int32,
    besides number: ChannelNumber,
    _ place: WatchTable.Place,
    _ interest: WatchInterest
  ) -> InotifyMask {
    var mask = place.mask(for: interest)
    for other in table.served(by: watch) where other.channel != number || other.place != place {
      guard let registration = registrations[other.channel], let index = registration.isWatching(other.place)
      else { continue }
      mask.formUnion(other.place.mask(for: registration.watched[index].interest))
    }
    return mask
  }

  private mutating func stopListening(_ number: ChannelNumber, _ place: WatchTable.Place, _ identity: FileIdentity) {
    guard let watch = table.remove(number, place) else { return }
    if watches[identity] == watch { watches[identity] = nil }
    end(watch)
  }

  private func end(_ watch: Int32) {
    // Whether it was still there is of no interest.
    inotify?.remove(watch)
  }

  /// Forgets what a place was; its watch only when it is now another directory, since one that stays must not miss
  /// anything.
  private mutating func forget(
    _ registration: Registration,
    _ number: ChannelNumber,
    _ place: WatchTable.Place,
    unless identity: FileIdentity
  ) {
    guard let index = registration.isWatching(place) else { return }
    let former = registration.watched.remove(at: index)
    if former.identity != identity { stopListening(number, place, former.identity) }
  }

  /// The kernel has ended a watch.
  private mutating func letGo(_ number: ChannelNumber, _ place: WatchTable.Place, of watch: Int32) {
    guard let registration = registrations[number], let index = registration.isWatching(place) else { return }
    let identity = registration.watched[index].identity
    if watches[identity] == watch { watches[identity] = nil }
  }
}
