// What can stand at a name.

internal import Glibc

/// The kinds of thing that a directory entry can be.
package enum FileKind: Hashable, Sendable {
  case regular, directory, symlink, fifo, socket, device

  /// Reads the kind out of a mode as the kernel gives it.
  init(mode: UInt32) {
    switch mode & UInt32(S_IFMT) {
    case UInt32(S_IFREG): self = .regular
    case UInt32(S_IFDIR): self = .directory
    case UInt32(S_IFLNK): self = .symlink
    case UInt32(S_IFIFO): self = .fifo
    case UInt32(S_IFSOCK): self = .socket
    default: self = .device
    }
  }
}
