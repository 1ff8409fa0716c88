// Folders that the daemon makes for itself.

internal import ChannelAdmin
internal import LinuxIO
internal import Transom

/// A folder in which the daemon works: a root, or where its sockets are.
enum OwnFolder {
  /// Opens it; what is missing of its path is made, for its owner alone.
  ///
  /// - Throws: A `ChannelError`: `refused` when it is in /tmp and somebody else could have put something into it.
  static func openOrMake(_ path: String) throws(ChannelError) -> Directory {
    let directory = try ChannelError.files(at: path) { () throws(FileError) in
      try Directory.openOrMake(path, permissions: 0o700)
    }
    guard isSafe(directory, path) else { throw stranger(at: path) }
    return directory
  }

  private static func stranger(at path: String) -> ChannelError {
    let hint = "see who has made it; or set XDG_RUNTIME_DIR, or name roots and admin.socket in a configuration"
    return ChannelError(.refused, at: path, "belongs to somebody else, or others may write in it", hint: hint)
  }

  /// Why that would fail, or nothing can be put into the folder; nil when neither. What has to be made to find that out
  /// is removed again.
  static func obstacle(at path: String) -> ChannelError? {
    let directory: Directory
    do {
      directory = try Directory.open(path)
    } catch .system(let error) where error.isMissing {
      return obstacle(toMaking: path)
    } catch .refused(let refusal) where refusal.reason == .notADirectory {
      return ChannelError(.refused, at: path, "leads to no directory", hint: noDirectory)
    } catch {
      return ChannelError(error, at: path)
    }
    guard isSafe(directory, path) else { return stranger(at: path) }
    return directory.writingObstacle().map { ChannelError($0, at: path) }
  }

  private static let noDirectory = "move away what is there, or name another path"

  private static func obstacle(toMaking path: String) -> ChannelError? {
    let cut = path.lastIndex(of: "/") ?? path.startIndex
    let folder = String(path[..<cut])
    let name = String(path[cut...].dropFirst())
    do {
      let parent = try Directory.open(folder + "/.")
      do throws(SystemError) {
        try parent.makeSubdirectory(name, permissions: 0o700)
        try parent.removeSubdirectory(name)
      } catch {
        return ChannelError(.system, at: path, error.what, hint: "name another path, or make it for this user")
      }
      return nil
    } catch .system(let error) where error.isMissing && !folder.isEmpty {
      return obstacle(toMaking: folder)
    } catch .refused {
      return ChannelError(.refused, at: folder, "leads to no directory", hint: noDirectory)
    } catch {
      return ChannelError(error, at: path)
    }
  }

  /// In /tmp anybody may have made what has our name: whoever may write there has our handlers run.
  private static func isSafe(_ directory: Directory, _ path: String) -> Bool {
    guard path == AdminSocket.sharedFolder(of: ProcessUser.number) else { return true }
    let facts = directory.factsAtOpening
    return facts.owner == ProcessUser.number && facts.permissions & 0o022 == 0
  }
}
