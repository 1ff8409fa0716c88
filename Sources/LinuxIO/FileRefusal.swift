// A file that is there and is not touched.

/// Something at a name of ours that is not what belongs there; nothing of it was followed, read or waited for.
package struct FileRefusal: Error, Hashable, Sendable {
  /// Why it is refused; the set is closed.
  package enum Reason: Hashable, Sendable {
    case symlink, fifo, socket, directory, device
    /// A regular file where a directory belongs.
    case notADirectory
    case strangerOwner(UInt32)
    case tooLarge(Int64, limit: Int64)
    /// A file that was to be written has so many other names.
    case hasOtherNames(UInt64)
  }

  package let path: String
  package let reason: Reason

  package init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }
}

extension FileRefusal.Reason {
  /// The reason that a kind alone gives, nil for a regular file.
  init?(kind: FileKind) {
    switch kind {
    case .regular: return nil
    case .directory: self = .directory
    case .symlink: self = .symlink
    case .fifo: self = .fifo
    case .socket: self = .socket
    case .device: self = .device
    }
  }
}

extension FileRefusal.Reason {
  /// What stands there, in plain words.
  package var what: String {
    switch self {
    case .symlink: "a symbolic link, which is not followed"
    case .fifo: "a FIFO where a regular file belongs"
    case .socket: "a socket where a regular file belongs"
    case .directory: "a directory where a regular file belongs"
    case .device: "a device where a regular file belongs"
    case .notADirectory: "not a directory"
    case .strangerOwner(let user): "owned by user \(user), who is neither we, root nor the directory's owner"
    case .tooLarge(let size, let limit): "\(size) bytes, over the limit of \(limit)"
    case .hasOtherNames(let count):
      "has \(count) other \(count == 1 ? "name" : "names") (hard links), and would be written there as well"
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .symlink: "put a regular file in its place or remove it"
    case .fifo, .socket, .device: "remove it"
    case .directory: "move it away"
    case .notADirectory:
      "look at the path, and write where it leads if it is a symbolic link, which is not followed; in a channel, move it away"
    case .strangerOwner: "have it removed or chowned"
    case .tooLarge: "raise the limit or remove the file"
    case .hasOtherNames: "remove it, or put a copy in its place"
    }
  }
}

extension FileRefusal: CustomStringConvertible {
  package var description: String { "\(path): \(reason.what); \(reason.remedy)" }
}
