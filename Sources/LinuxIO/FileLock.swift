// The lock among natives: a flock on a file that is never renamed or removed.

internal import Glibc

/// An exclusive flock on a fixed file.
///
/// It excludes other open files, in this process and others; threads that share this object it does not exclude, so
/// there is a mutex around it. It never waits by itself: the caller gives the pauses and the means to sleep.
package final class FileLock: Sendable {
  package enum Outcome: Hashable, Sendable {
    case locked
    /// Another holds it.
    case busy
    /// The path leads to another file, or to none: this lock guards nothing; open everything again.
    case replaced
  }

  /// The file itself.
  package let file: OpenFile
  private let name: String
  private let directory: Directory

  /// Opens the lock's file, making it when it is missing.
  package init(_ name: String, in directory: Directory) throws(FileError) {
    file = try directory.openOrCreate(name)
    self.name = name
    self.directory = directory
  }

  /// Tries once.
  package func tryLock() throws(SystemError) -> Outcome {
    guard try file.tryLock() else { return .busy }
    do {
      let now = try directory.facts(of: name)
      if let now, now.stamp.isSameFile(as: file.factsAtOpening.stamp) { return .locked }
    } catch {
      try? file.unlock()
      throw error
    }
    try file.unlock()
    return .replaced
  }

  /// Gives it up, by name and not by closing: a child that inherited the descriptor would keep it otherwise.
  package func unlock() throws(SystemError) {
    try file.unlock()
  }

  deinit {
    try? file.unlock()
  }
}
