// One watcher for all channels of a process.

package import ChannelModel
package import LinuxIO
internal import Synchronization

/// Notices what happens to channels and says so: one inotify instance and one thread, however many channels there are.
///
/// Whoever blocks until something comes drives the watcher meanwhile, so that no second thread is woken for it; else the
/// watcher's own thread does, or a program whose loop does so itself (`driveFromOutside`). See `DrivingTurns`.
package final class Watcher: Sendable {
  /// Whether to trust the kernel to tell of changes.
  package enum Manner: Hashable, Sendable {
    /// As far as the file system allows; polling where it does not, and where inotify is not to be had.
    case automatic
    /// Polling alone.
    case polling
  }

  /// What threads agree on. Held for some instructions, and at most for a call that sets the alarm or joins a descriptor:
  /// those never wait.
  struct State {
    var driving = DrivingTurns()
    var timers = TimerQueue()
    /// Until when the one who drives waits at most, as far as timers are concerned.
    var waitsUntil: Moment?
    /// The last drain did not come to an end, or none was made though something came: what is left does not make the
    /// descriptor ready.
    var isUndrained = false
    /// Up to when deeds that were due have been done.
    var timersDone = Moment(nanoseconds: 0)
    /// When what happened was taken last.
    var drained = Moment(nanoseconds: 0)
    var spinning = SpinPatience()
    var hasThread = false
    var joined: JoinedDescriptor?
    var sweepIsDue = false
  }

  let state = Mutex(State())
  /// Held while the own thread is started, or a program begins to drive: either excludes the other.
  let beginning = Mutex(())
  let register = Mutex(WatchRegister())
  /// Where callers wait who do not lead.
  let gate = Gate()
  /// Wakes the own thread, or the loop of a program that drives.
  let ownWake: WakeDescriptor
  /// Wakes the caller who leads.
  let leaderWake: WakeDescriptor
  /// When the own thread looks whether callers still drive; in a program that drives, when the next timer is due.
  let alarm: AlarmDescriptor
  /// The instance's number, -1 for none.
  let inotifyNumber = Atomic<Int32>(-1)
  /// The thread that is telling channels or doing timers' deeds, 0 for none.
  let workingThread = Atomic<UInt>(0)
  let pollCount = Atomic<Int>(0)
  let newsCount = Atomic<UInt64>(0)
  /// Runs tasks on the watcher's own thread.
  package let executor: WatcherExecutor

  private init() throws(SystemError) {
    ownWake = try WakeDescriptor()
    leaderWake = try WakeDescriptor()
    alarm = try AlarmDescriptor()
    executor = WatcherExecutor(waking: ownWake)
    // Before the program opens more, while there are low numbers to be had.
    findInotify()
  }

  private static let instance = Mutex<Watcher?>(nil)

  /// The process's watcher, made on first use.
  package static func shared() throws(ChannelError) -> Watcher {
    try instance.withLock { (instance) throws(ChannelError) in
      if let instance { return instance }
      do throws(SystemError) {
        let made = try Watcher()
        instance = made
        return made
      } catch {
        throw ChannelError(error, at: "/proc/self/fd")
      }
    }
  }

  // MARK: Channels

  /// Takes note of a channel, which is not kept alive by that. With the first one the own thread starts.
  package func add(_ channel: any WatchedChannel) throws(ChannelError) -> ChannelNumber {
    do {
      try startThread()
    } catch {
      throw ChannelError(error, at: "/proc/self/task")
    }
    let number = register.withLock { $0.add(channel) }
    scheduleSweep()
    return number
  }

  /// Watches a journal's folder in place of the one that was watched before.
  ///
  /// When it returns the watch is there, so look afterwards. The directory is kept weakly, and needs to be open only for
  /// this call. May be called by any thread, and from `noticed`.
  package func watch(
    _ number: ChannelNumber,
    journal: Directory,
    of direction: Direction,
    by manner: Manner
  ) throws(ChannelError) {
    try watch(number, .journal(direction), journal, [], manner)
  }

  /// Watches the channel's directory itself, likewise.
  package func watch(
    _ number: ChannelNumber,
    channel: Directory,
    for interest: WatchInterest = .writes,
    by manner: Manner
  ) throws(ChannelError) {
    try watch(number, .channel, channel, interest, manner)
  }

  /// Watches a directory in which channels may be made, likewise.
  package func watch(_ number: ChannelNumber, folder: Directory, by manner: Manner) throws(ChannelError) {
    try watch(number, .folder, folder, [], manner)
  }

  /// Forgets a channel. Unless called from `noticed`, one more call of that may be under way.
  package func remove(_ number: ChannelNumber) {
    register.withLock { $0.remove(number) }
  }

  /// By what changes to the channel are noticed: the weakest of its directories'.
  package func sight(of number: ChannelNumber) -> WatchSight {
    register.withLock { $0.sight(of: number) }
  }

  /// To be called from `noticed` when there was something: then the own thread goes on looking for a moment before it
  /// sleeps. Only for what is done with at once, or is on its way to somebody who answers soon; tasks that were
  /// resumed tell by themselves.
  package func foundNews() {
    newsCount.add(1, ordering: .relaxed)
  }

  private func watch(
    _ number: ChannelNumber,
    _ place: WatchTable.Place,
    _ directory: Directory,
    _ interest: WatchInterest,
    _ manner: Manner
  ) throws(ChannelError) {
    let wanted: WatchSight
    do {
      wanted = try Self.wanted(manner, directory)
    } catch {
      throw ChannelError(error, at: directory.path)
    }
    findInotify()
    let sight = register.withLock { $0.watch(number, place, directory, for: interest, wanted: wanted) }
    if sight?.polls == true { poll(number, place, directory) }
  }

  private static func wanted(_ manner: Manner, _ directory: Directory) throws(SystemError) -> WatchSight {
    if manner == .polling { return .polling(because: "as asked") }
    let fileSystem = try directory.fileSystem()
    switch fileSystem.sight {
    case .everyWriter: return .inotify
    case .onlyLocalWriters: return .both(because: "\(fileSystem.name): inotify tells of this machine's writers alone")
    case .unsure: return .both(because: "\(fileSystem.name): inotify may not tell of every writer")
    }
  }

  private func findInotify() {
    let (number, isNew) = register.withLock {
      let had = $0.inotify != nil
      $0.findInotify(at: Moment.now)
      return ($0.inotify?.descriptor ?? -1, !had && $0.inotify != nil)
    }
    guard isNew else { return }
    inotifyNumber.store(number, ordering: .sequentiallyConsistent)
    let joined = state.withLock { $0.joined }
    // Where that fails the sweep still finds everything; the watches themselves are refused before memory is that short.
    try? joined?.add(number)
    // Whoever waits must wait for it as well.
    ownWake.signal()
    leaderWake.signal()
  }
}
