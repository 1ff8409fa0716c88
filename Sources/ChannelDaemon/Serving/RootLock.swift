// One daemon a root.

internal import ChannelModel
internal import LinuxIO
internal import Transom

/// Keeps a second daemon from serving a root, for as long as it lives.
final class RootLock: Sendable {
  private static let name = ".transomd"
  private let lock: FileLock

  /// Makes the root if it is missing, for its owner alone, and takes it.
  ///
  /// - Throws: A `ChannelError`: `lockTimeout` when another daemon serves it.
  init(_ root: String) throws(ChannelError) {
    do throws(FileError) {
      let directory = try Self.directory(root)
      lock = try FileLock(Self.name, in: directory)
      switch try asFileError({ () throws(SystemError) in try lock.tryLock() }) {
      case .locked: return
      case .busy, .replaced: break
      }
    } catch {
      throw ChannelError(error, at: root)
    }
    let holder = (try? FlockHolder.find(of: lock.file.factsAtOpening.stamp)).flatMap { $0 }
    let who = holder.map { "process \($0)" } ?? "another process"
    throw ChannelError(
      .lockTimeout,
      at: root,
      "is served by another daemon (\(who))",
      hint: "end that one, or give this one another root"
    )
  }

  private static func directory(_ root: String) throws(FileError) -> Directory {
    do throws(FileError) {
      return try Directory.open(root)
    } catch .system(let error) where error.isMissing {
      let cut = root.lastIndex(of: "/") ?? root.startIndex
      let parent = try Directory.open(String(root[..<cut]) + "/.")
      try asFileError { () throws(SystemError) in
        try parent.makeSubdirectory(String(root[cut...].dropFirst()), permissions: 0o700)
      }
      return try Directory.open(root)
    }
  }
}
