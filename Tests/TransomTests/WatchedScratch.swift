import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport

@testable import Transom

/// A channel that keeps what it is told, for tests to wait for.
final class ProbeChannel: WatchedChannel {
  struct Told: Sendable {
    let change: WatchChange
    let thread: UInt
  }

  private let told = Mutex<[Told]>([])
  private let deed: @Sendable (WatchChange) -> Void
  private let news = Gate()

  init(_ deed: @escaping @Sendable (WatchChange) -> Void = { _ in }) {
    self.deed = deed
  }

  func noticed(_ change: WatchChange) {
    deed(change)
    told.withLock { $0.append(Told(change: change, thread: KernelThread.current)) }
    news.open(forAll: true)
  }

  var changes: [WatchChange] { told.withLock { $0.map(\.change) } }
  var threads: Set<UInt> { Set(told.withLock { $0.map(\.thread) }) }

  var firstThread: UInt? { told.withLock { $0.first?.thread } }

  func forget() { told.withLock { $0.removeAll() } }

  /// Waits, without driving, until it was told that; false when it was not within 20 s.
  func isTold(_ change: WatchChange) -> Bool {
    let deadline = Moment.now.advanced(by: .seconds(20))
    while true {
      let value = news.value
      if changes.contains(change) { return true }
      if Moment.now >= deadline { return false }
      news.wait(while: value, until: deadline.nanoseconds)
    }
  }
}

/// A folder like a journal's, whose segments are written by plain calls.
struct JournalScratch {
  let path: String
  static let segment = "00000000000000000001.seg"

  init(_ path: String) {
    self.path = path
    RawFiles.makeDirectory(path)
    RawFiles.write("", to: path + "/lock")
    RawFiles.write("x", to: path + "/" + Self.segment)
  }

  func append() { Self.append(to: path + "/" + Self.segment) }

  static func append(to file: String) {
    let file = unsafe open(file, O_WRONLY | O_APPEND | O_CREAT, 0o600)
    precondition(file >= 0, "the segment cannot be opened")
    precondition(unsafe write(file, "x", 1) == 1)
    close(file)
  }

  func directory() throws -> Directory { try Directory.open(path) }

  func remove() {
    for name in ["lock", Self.segment] { _ = unsafe unlink(path + "/" + name) }
    _ = unsafe rmdir(path)
  }
}

/// A journal's folder that the process's watcher watches, for a channel that lives as long as the body runs.
func withWatchedJournal(
  by manner: Watcher.Manner = .automatic,
  _ body: (Watcher, JournalScratch, ProbeChannel) throws -> Void
) throws {
  try withScratchDirectory { path in
    let watcher = try Watcher.shared()
    let journal = JournalScratch(path + "/journal")
    let channel = ProbeChannel()
    let number = try watcher.add(channel)
    try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: manner)
    try body(watcher, journal, channel)
    withExtendedLifetime(channel) {}
  }
}

/// The threads of this process by name.
func threads(named name: String) throws -> [Int32] {
  let tasks = try Directory.open("/proc/self/task")
  return try tasks.names().filter { task in
    RawFiles.read("/proc/self/task/\(task)/comm") == name + "\n"
  }.compactMap { Int32($0) }
}
