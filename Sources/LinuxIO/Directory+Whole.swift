// Directories that appear and disappear whole.

internal import Glibc

extension Directory {
  /// Its own name, the last of its path.
  package var name: String {
    String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
  }

  /// Makes a directory with rights of its own, whatever this one's are; EEXIST when the name is taken.
  package func makeSubdirectory(_ name: String, permissions: UInt32) throws(SystemError) {
    try SystemError.naming(path(of: name)) { () throws(SystemError) in
      try calls.makeDirectory(name, in: descriptor, permissions: permissions)
    }
  }

  /// Opens a directory in this one, making it when it is missing.
  package func openOrMakeSubdirectory(_ name: String) throws(FileError) -> Directory {
    for _ in 0..<8 {
      do {
        return try subdirectory(name)
      } catch .system(let error) where error.code == ENOENT {
        do {
          return try makeSubdirectory(name)
        } catch .system(let error) where error.code == EEXIST {
          continue
        }
      }
    }
    throw .system(SystemError("mkdirat", on: path(of: name), code: EBUSY))
  }

  /// Opens a directory; what is missing of its path is made, with these rights. Only its own name must be no symbolic
  /// link.
  package static func openOrMake(_ path: String, permissions: UInt32) throws(FileError) -> Directory {
    do throws(FileError) {
      return try open(path)
    } catch .system(let error) where error.isMissing {
      let cut = path.lastIndex(of: "/") ?? path.startIndex
      let parentPath = String(path[..<cut])
      let parent: Directory
      do throws(FileError) {
        parent = try open(parentPath + "/.")
      } catch .system(let error) where error.isMissing && !parentPath.isEmpty {
        parent = try openOrMake(parentPath, permissions: permissions)
      }
      do throws(SystemError) {
        try parent.makeSubdirectory(String(path[cut...].dropFirst()), permissions: permissions)
      } catch  where error.code != EEXIST {
        throw .system(error)
      } catch {
        // Another was faster.
      }
      return try open(path)
    }
  }

  /// Gives something a name that nobody has; false when somebody has it. Only for what nobody else names.
  ///
  /// Where the file system has no such rename a directory is renamed plainly, which fails onto any that holds
  /// something, and a file gets its name by a link, or after a look where there are no links.
  package func renameIfFree(_ name: String, to newName: String, in other: Directory) throws(SystemError) -> Bool {
    do {
      try rename(name, to: newName, in: other, .notReplacing)
      return true
    } catch let error where error.code == EEXIST {
      return false
    } catch let error where error.isFormUnsupported {
      if try facts(of: name)?.kind == .directory { return try renameDirectory(name, to: newName, in: other) }
    }
    do {
      try link(name, to: newName, in: other)
    } catch let error where error.code == EEXIST {
      return false
    } catch let error where error.isLinkForbidden {
      guard try other.facts(of: newName) == nil else { return false }
      try rename(name, to: newName, in: other)
      return true
    }
    try unlink(name)
    return true
  }

  private func renameDirectory(_ name: String, to newName: String, in other: Directory) throws(SystemError) -> Bool {
    do {
      try rename(name, to: newName, in: other)
      return true
    } catch let error where [EEXIST, ENOTEMPTY, ENOTDIR].contains(error.code) {
      return false
    }
  }

  /// Removes a name, should it be there.
  package func unlinkIfThere(_ name: String) throws(SystemError) {
    do {
      try unlink(name)
    } catch let error where error.code == ENOENT {
      return
    }
  }

  /// Removes a directory of ours with all that is in it.
  package func removeTree(_ name: String) throws(FileError) {
    let tree = try subdirectory(name)
    for inner in try asFileError({ () throws(SystemError) in try tree.names() }) {
      let facts = try asFileError { () throws(SystemError) in try tree.facts(of: inner) }
      if facts?.kind == .directory {
        try tree.removeTree(inner)
      } else if facts != nil {
        try asFileError { () throws(SystemError) in try tree.unlink(inner) }
      }
    }
    try asFileError { () throws(SystemError) in try removeSubdirectory(name) }
  }
}
