// What the peer does with a watcher, inside a namespace with limits of its own.

internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Synchronization
internal import Transom

/// A channel that only knows whether it was told anything.
private final class Listener: WatchedChannel {
  let isTold = Atomic(false)
  func noticed(_ change: WatchChange) { isTold.store(true, ordering: .sequentiallyConsistent) }
}

/// `watcher-fill DIRECTORY COUNT`: watches so many new directories, changes each, and says by what that was noticed.
func watcherFill(_ arguments: [String]) throws {
  let watcher = try Watcher.shared()
  for place in 0..<(Int(arguments[1]) ?? 0) {
    let path = "\(arguments[0])/\(place)"
    guard unsafe mkdir(path, 0o700) == 0 else { throw SystemError("mkdir", on: path, code: errno) }
    let directory = try Directory.open(path)
    let listener = Listener()
    let number = try watcher.add(listener)
    try watcher.watch(number, journal: directory, of: .backendToFrontend, by: .automatic)
    _ = try directory.create("00000000000000000001.seg")
    let isTold = watcher.wait(until: Moment(nanoseconds: KernelClock.sinceBoot()).advanced(by: .seconds(20))) {
      listener.isTold.load(ordering: .sequentiallyConsistent)
    }
    print(place, isTold ? "told, by" : "not told, by", watcher.sight(of: number))
    withExtendedLifetime(directory) {}
  }
}
