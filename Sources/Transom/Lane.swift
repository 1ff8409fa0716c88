// One direction of a channel, as a process reads it.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// Who is to be told when a direction's journal may have grown.
final class Lane: Sendable {
  /// Something that reads the direction whenever there may be something new, on the thread that noticed.
  protocol Pump: AnyObject, Sendable {
    func pump(_ depth: LookDepth)
  }

  private struct WeakPump {
    weak var pump: (any Pump)?
  }

  /// For those who read on threads of their own, or in tasks.
  let notices: Notices
  private let pumps = Mutex<[WeakPump]>([])
  private let probe = TailProbe()

  init(_ watcher: Watcher) {
    notices = Notices(watcher)
  }

  func add(_ pump: some Pump) {
    pumps.withLock { pumps in
      pumps.removeAll { $0.pump == nil }
      pumps.append(WeakPump(pump: pump))
    }
  }

  /// Something happened to the journal, which lies there.
  func look(_ depth: LookDepth, in journal: Directory?) {
    pump(depth)
    // Mostly it is the segment that is known which grew; a next one is announced by itself, when this one has its end.
    if notices.isAwaited, let journal, depth == .thorough || !probe.hasChanged() { probe.settle(in: journal) }
    notices.notify()
  }

  /// Nobody said that anything happened: nobody is woken unless something did.
  func glance() {
    pump(.glance)
    if notices.isAwaited, probe.hasChanged() { notices.notify() }
  }

  private func pump(_ depth: LookDepth) {
    let pumps = pumps.withLock { $0 }
    // By place: a copy of a weak reference costs as much as the look.
    for place in pumps.indices { pumps[place].pump?.pump(depth) }
  }

  /// Closes what is open only to save time.
  func letGo() {
    probe.letGo()
  }
}
