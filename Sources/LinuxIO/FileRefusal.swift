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

extension FileRefusal: CustomStringConvertible {
  package var description: String {
    switch reason {
    case .symlink: "\(path): a symbolic link, which is not followed; put a regular file in its place or remove it"
    case .fifo: "\(path): a FIFO where a regular file belongs; remove it"
    case .socket: "\(path): a socket where a regular file belongs; remove it"
    case .directory: "\(path): a directory where a regular file belongs; move it away"
    case .device: "\(path): a device where a regular file belongs; remove it"
    case .notADirectory: "\(path): not a directory; move it away"
    case .strangerOwner(let user):
      "\(path): owned by user \(user), who is neither we, root nor the directory's owner; have it removed or chowned"
    case .tooLarge(let size, let limit):
      "\(path): \(size) bytes, over the limit of \(limit); raise the limit or remove the file"
    case .hasOtherNames(let count):
      "\(path): has \(count) other \(count == 1 ? "name" : "names") (hard links), and would be written there as well; "
        + "remove it, or put a copy in its place"
    }
  }
}
