// The channels of this process, one core a directory.

internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Synchronization

/// Finds the core for a path: two `Channel`s on one path share their journals, their watches and their answers.
final class SharedCores: Sendable {
  static let shared = SharedCores()

  private struct Entry {
    weak var core: ChannelCore?
  }

  private let cores = Mutex<[String: Entry]>([:])

  /// The core for a path; a new one gets these options.
  func core(
    at path: String,
    _ options: ChannelOptions,
    calls: any FileCalls = KernelCalls.shared
  ) throws(ChannelError) -> ChannelCore {
    let watcher = try Watcher.shared()
    var folderOptions = ChannelFolder.Options(options)
    folderOptions.calls = calls
    let path = Self.plain(try Self.absolute(path))
    return cores.withLock { cores in
      if let core = cores[path]?.core { return core }
      let core = ChannelCore(
        path: path,
        options: folderOptions,
        manner: Watcher.Manner(options.watching),
        watcher: watcher
      )
      // Cores end with their last channel; what is left of them is swept when the table has doubled.
      if cores.count >= 64, cores.count.nonzeroBitCount == 1 { cores = cores.filter { $0.value.core != nil } }
      cores[path] = Entry(core: core)
      return core
    }
  }

  /// The path without what means nothing, so that one channel is one however it is spelled. A dot at the end stays: it
  /// follows a symbolic link, which is else refused there.
  private static func plain(_ path: String) -> String {
    let names = path.split(separator: "/")
    guard path.hasPrefix("/"), !names.isEmpty else { return path }
    let kept = names.dropLast().filter { $0 != "." } + names.suffix(1)
    return "/" + kept.joined(separator: "/")
  }

  /// The path as it is meant now: it is opened again later, when the program may have gone to another directory.
  private static func absolute(_ path: String) throws(ChannelError) -> String {
    guard !path.isEmpty, !path.hasPrefix("/") else { return path }
    guard let current = unsafe getcwd(nil, 0) else {
      throw ChannelError(SystemError("getcwd", code: errno), at: path)
    }
    defer { unsafe free(current) }
    return unsafe "\(String(cString: current))/\(path)"
  }
}
