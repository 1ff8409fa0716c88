// The lock among natives: a flock on a file that is never renamed or removed.

internal import Glibc
internal import Synchronization

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
  /// When the file had changed last, in nanoseconds, as it was seen under its name: to move it changes that.
  private let changedWhenSeen = Atomic<Int64>(.min)

  /// Opens the lock's file, making it when it is missing.
  package init(_ name: String, in directory: Directory) throws(FileError) {
    file = try directory.openOrCreate(name)
    self.name = name
    self.directory = directory
  }

  /// How it is seen that the name still leads to the file. To look at the name costs twice as much as to look at the file.
  package enum Look: Sendable {
    case name
    /// At the name, but only when the file has changed since: to move it changes it, except where the file system takes no
    /// note of that.
    case change
    /// Not at all: where there is something else to exclude the others should the file have been replaced.
    case none
  }

  /// Tries once.
  package func tryLock(lookingAt look: Look = .name) throws(SystemError) -> Outcome {
    let isLocked = try file.tryLock()
    do {
      // Looked at when it is busy, too: whoever keeps the flock of a file that was replaced would have us wait for
      // ever, while the others lock the new one.
      if try isStillThere(look) { return isLocked ? .locked : .busy }
    } catch {
      if isLocked { try? file.unlock() }
      throw error
    }
    if isLocked { try file.unlock() }
    return .replaced
  }

  /// Whether its name leads to another file, or to none.
  package func isReplaced() -> Bool { (try? isStillThere(.name)) == false }

  private func isStillThere(_ look: Look) throws(SystemError) -> Bool {
    if look == .none { return true }
    if look == .change {
      let facts = try file.facts()
      guard facts.links > 0 else { return false }
      if Self.nanoseconds(facts.changed) == changedWhenSeen.load(ordering: .relaxed) { return true }
    }
    guard let now = try directory.facts(of: name), now.stamp.isSameFile(as: file.factsAtOpening.stamp) else {
      return false
    }
    changedWhenSeen.store(Self.nanoseconds(now.changed), ordering: .relaxed)
    return true
  }

  private static func nanoseconds(_ time: FileTime) -> Int64 { time.seconds &* 1_000_000_000 &+ time.nanoseconds }

  /// Gives it up, by name and not by closing: a child that inherited the descriptor would keep it otherwise.
  package func unlock() throws(SystemError) {
    try file.unlock()
  }

  deinit {
    try? file.unlock()
  }
}
