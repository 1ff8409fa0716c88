// What a 1.0 lock looks like, before anybody judges it.

package import ChannelModel
package import LinuxIO

/// Collects the facts that `LockJudge` asks for; nothing is changed by that.
package struct WindowLockLook: Sendable {
  /// A lock that lies there.
  package struct Sight: Sendable {
    package let found: LockFile.Facts
    package let facts: LockFacts
  }

  package let file: LockFile
  private let direction: Direction

  package init(_ direction: Direction, in channel: Directory, staging: Staging) {
    self.direction = direction
    file = LockFile(ChannelLayout.windowLock(direction), in: channel, staging: staging)
  }

  /// Looks at the lock; nil when there is none. How long one whose time lies ahead has been seen so is told by the mark
  /// that others have left.
  package func sight() throws(SystemError) -> Sight? { try sight { ageOfMark(of: $0) } }

  /// Looks at the lock, for who knows better how long a lock has been seen so.
  func sight(seenInFuture: (FileStamp) -> Duration?) throws(SystemError) -> Sight? {
    guard let found = try file.look(limit: LockContents.highestByteCount) else { return nil }
    let age: LockFacts.Age
    if let past = found.stamp.modified.age(at: FileTime.now()) {
      age = .past(past)
    } else {
      age = .future(seenFor: seenInFuture(found.stamp))
    }
    return Sight(
      found: found,
      facts: LockFacts(
        contents: LockContents(decoding: found.contents ?? []),
        isRegularFile: found.kind == .regular,
        age: age,
        flockIsFree: found.isFlockFree
      )
    )
  }

  // MARK: Locks from the future

  /// The name of the mark whose own time says since when a lock was seen so: for programs that run once and end.
  func mark(of stamp: FileStamp) -> String {
    "\(Staging.Expendable.seen)-\(direction.name)-\(stamp.inode)-\(stamp.modified.seconds)-\(stamp.modified.nanoseconds)"
  }

  /// How long ago the mark was left; nil when there is none that says something.
  func ageOfMark(of stamp: FileStamp) -> Duration? {
    // What is no regular file was planted; a mark that lies ahead itself says that the clock was set back since.
    guard let facts = try? file.staging.directory.facts(of: mark(of: stamp)), facts.kind == .regular else { return nil }
    return facts.stamp.modified.age(at: FileTime.now())
  }
}
