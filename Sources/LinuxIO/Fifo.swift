// A pipe that has a name.

internal import CLinux
internal import Glibc

/// A FIFO, which is found by its path, and made there when nothing is.
package struct Fifo: Sendable, Hashable {
  package let path: String

  /// Makes it where there is nothing yet, for our user only. EEXIST when something else is there, also a link.
  package init(at path: String) throws(SystemError) {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw SystemError("mkfifo", on: path, code: EINVAL) }
    self.path = path
    do {
      _ = try systemCall("mkfifo", on: path) { unsafe mkfifo(path, 0o600) }
    } catch {
      guard error.code == EEXIST else { throw error }
      var facts = stat()
      _ = try systemCall("stat", on: path) { unsafe lstat(path, &facts) }
      guard facts.st_mode & S_IFMT == S_IFIFO else { throw error }
    }
  }

  /// The end that reads, whether anybody writes yet or not. The end of what is written is told only once somebody has
  /// begun to.
  package func openToRead() throws(SystemError) -> StreamHalf {
    let number = try systemCall("open", on: path) { unsafe clinux_open_fifo(path, 0) }
    return StreamHalf(taking: OwnedDescriptor(taking: number))
  }

  /// The end that writes; nil while nobody reads.
  package func openToWrite() throws(SystemError) -> StreamHalf? {
    do {
      let number = try systemCall("open", on: path) { unsafe clinux_open_fifo(path, 1) }
      return StreamHalf(taking: OwnedDescriptor(taking: number))
    } catch {
      guard error.code == ENXIO else { throw error }
      return nil
    }
  }
}
