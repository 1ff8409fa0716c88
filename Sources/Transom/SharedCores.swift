// The channels of this process, one core a directory.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// Finds the core for a path: two `Channel`s on one path share their journals, their watches and their answers.
final class SharedCores: Sendable {
  static let shared = SharedCores()

  private struct Entry {
    weak var core: ChannelCore?
  }

  /// Who promises to change nothing shares nothing with who does not.
  private struct Key: Hashable {
    let path: String
    let access: ChannelOptions.Access
  }

  private let cores = Mutex<[Key: Entry]>([:])

  /// The core for a path; a new one gets these options.
  func core(
    at path: String,
    _ options: ChannelOptions,
    calls: any FileCalls = KernelCalls.shared
  ) throws(ChannelError) -> ChannelCore {
    let watcher = try Watcher.shared()
    var folderOptions = ChannelFolder.Options(options)
    folderOptions.calls = calls
    // As it is meant now: it is opened again later, when the program may have gone to another directory.
    let path = try ChannelError.calls(at: path) { () throws(SystemError) in try WholePath.spelled(path) }
    let key = Key(path: path, access: options.access)
    return cores.withLock { cores in
      if let core = cores[key]?.core { return core }
      let core = ChannelCore(
        path: path,
        options: folderOptions,
        manner: Watcher.Manner(options.watching),
        watcher: watcher
      )
      // Cores end with their last channel; what is left of them is swept when the table has doubled.
      if cores.count >= 64, cores.count.nonzeroBitCount == 1 { cores = cores.filter { $0.value.core != nil } }
      cores[key] = Entry(core: core)
      return core
    }
  }
}
