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
    guard isSafe(directory, path) else {
      let hint = "see who has made it; or set XDG_RUNTIME_DIR, or name roots and admin.socket in a configuration"
      throw ChannelError(.refused, at: path, "belongs to somebody else, or others may write in it", hint: hint)
    }
    return directory
  }

  /// In /tmp anybody may have made what has our name: whoever may write there has our handlers run.
  private static func isSafe(_ directory: Directory, _ path: String) -> Bool {
    guard path == AdminSocket.sharedFolder(of: ProcessUser.number) else { return true }
    let facts = directory.factsAtOpening
    return facts.owner == ProcessUser.number && facts.permissions & 0o022 == 0
  }
}
