// The right to publish a window: ours among natives, and the one that 1.0 knows.

package import ChannelModel
package import LinuxIO
internal import Synchronization

/// Takes the two locks around one direction's window, in their order: `project.lock` among natives, then the lock file
/// that 1.0 peers look for. Only who holds the first touches the second.
///
/// This is the shell around `LockJudge`: it collects facts, and does what the judge says.
package final class WindowLock: Sendable {
  /// Why the locks could not be had.
  package enum Failure: Error, Hashable, Sendable {
    /// Somebody kept one of them for all of the time allowed.
    case timedOut(path: String, holder: LockJudge.Holder)
    /// Something that is no file lies in the lock's place.
    case obstructed(path: String, by: FileKind)
    /// The channel's own files were replaced: open everything again.
    case replaced(path: String)
    case file(FileError)
  }

  /// Where the locks of a direction live.
  package struct Place: Sendable {
    package let direction: Direction
    package let channel: Directory
    /// The direction's folder below `.transom`.
    package let folder: Directory
    package let staging: Staging

    package init(direction: Direction, channel: Directory, folder: Directory, staging: Staging) {
      self.direction = direction
      self.channel = channel
      self.folder = folder
      self.staging = staging
    }
  }

  private let place: Place
  private let judge: LockJudge
  private let projectLock: FileLock
  private let lockLook: WindowLockLook
  private var lockFile: LockFile { lockLook.file }
  private let prepared: PreparedLock
  /// Threads that share this object share its flock as well, so it would not exclude them.
  private let isInUse = Atomic(false)

  /// When the name of `project.lock` was looked at last.
  private let lookedAtName = Atomic<UInt64>(0)
  private static let nanosecondsBetweenLooks: UInt64 = 10_000_000

  package init(at place: Place, own identity: ProcessIdentity) throws(Failure) {
    self.place = place
    let boot = UniqueID(identity.boot.bytes)
    do throws(FileError) {
      projectLock = try FileLock(ChannelLayout.Inside.projectLock, in: place.folder)
    } catch {
      throw .file(error)
    }
    lockLook = WindowLockLook(place.direction, in: place.channel, staging: place.staging)
    do throws(SystemError) {
      judge = LockJudge(boot: boot, flockIsKernelWide: try place.channel.fileSystem().isFlockKernelWide)
      let holder = LockContents.Holder(
        boot: boot,
        processNamespace: identity.pidNamespace,
        startTime: identity.startTime,
        token: .random(in: .min ... .max)
      )
      prepared = try lockLook.file.prepare(
        contents: LockContents(process: UInt32(identity.pid), holder: holder).encode()
      )
    } catch {
      throw .file(.system(error))
    }
  }

  /// Takes both locks, waiting on the calling thread for at most `timeout`.
  package func take(within timeout: Duration) throws(Failure) -> Held {
    let deadline = Moment.now.advanced(by: timeout)
    let held = try enter(until: deadline)
    // Let go of with the object should that fail.
    try held.takeLockFile(until: deadline)
    return held
  }

  // MARK: Among natives

  /// Takes `project.lock` alone, waiting on the calling thread until the deadline.
  func enter(until deadline: Moment) throws(Failure) -> Held {
    var backoff = Backoff.flock
    while true {
      if let held = try tryEnter() { return held }
      guard Moment.now < deadline else {
        let process = try? FlockHolder.find(of: projectLock.file.factsAtOpening.stamp)
        throw .timedOut(path: projectLock.file.path, holder: .transom(process: process.map { UInt32($0) }))
      }
      KernelClock.pause(backoff.next(jitter: .random(in: .min ... .max)))
    }
  }

  /// Takes `project.lock` alone if nobody has it; never waits.
  func tryEnter() throws(Failure) -> Held? {
    guard !isInUse.exchange(true, ordering: .acquiring) else { return nil }
    switch try tryProjectLock() {
    case .locked: return Held(self)
    case .busy:
      isInUse.store(false, ordering: .releasing)
      return nil
    case .replaced:
      isInUse.store(false, ordering: .releasing)
      throw .replaced(path: projectLock.file.path)
    }
  }

  /// Whether the direction's own files were replaced since they were opened.
  func isReplaced() -> Bool { projectLock.isReplaced() }

  private func tryProjectLock() throws(Failure) -> FileLock.Outcome {
    do throws(SystemError) {
      // Each holder writes a record into it, so that it always has changed. Should somebody replace it, then until the name
      // is looked at again the other lock alone keeps those apart who have different ones.
      let now = KernelClock.sinceBoot()
      let isLooked = now &- lookedAtName.load(ordering: .relaxed) < Self.nanosecondsBetweenLooks
      let outcome = try projectLock.tryLock(lookingAt: isLooked ? .none : .name)
      if !isLooked { lookedAtName.store(now, ordering: .relaxed) }
      return outcome
    } catch {
      isInUse.store(false, ordering: .releasing)
      throw .file(.system(error))
    }
  }

  func record() throws(Failure) -> ProjectLockRecord? {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try projectLock.file.read(ProjectLockRecord.byteCount, at: 0)
    } catch {
      throw .file(.system(error))
    }
    // What does not decode says nothing and is written anew.
    return try? ProjectLockRecord(decoding: bytes)
  }

  func write(_ record: ProjectLockRecord) throws(Failure) {
    do throws(SystemError) {
      try projectLock.file.write(record.encode().span, at: 0)
    } catch {
      throw .file(.system(error))
    }
  }

  func leave() {
    // A flock that cannot be given up goes with its descriptor; nothing can be done about it here.
    try? projectLock.unlock()
    isInUse.store(false, ordering: .releasing)
  }

  // MARK: Among everybody

  func tryLockFile() throws(Failure) -> HeldLock? {
    var holder = LockJudge.Holder.peer(process: nil)
    // Twice: after a stale lock was taken out of the way.
    for _ in 0..<2 {
      if let held = try takeIfFree() { return held }
      guard try !clearTheWay(from: &holder) else { return nil }
    }
    return nil
  }

  private func takeIfFree() throws(Failure) -> HeldLock? {
    do throws(SystemError) {
      guard case .taken(let held) = try lockFile.take(prepared) else { return nil }
      clearMarks()
      return held
    } catch {
      throw .file(.system(error))
    }
  }

  func takeLockFile(until deadline: Moment) throws(Failure) -> HeldLock {
    var backoff = Backoff.windowLock
    var holder = LockJudge.Holder.peer(process: nil)
    while true {
      if let held = try takeIfFree() { return held }
      let isInTheWay = try clearTheWay(from: &holder)
      // Whatever is found, the time allowed ends: locks may come and go for ever without one being ours.
      guard Moment.now < deadline else {
        throw .timedOut(path: place.channel.path(of: lockFile.name), holder: holder)
      }
      if isInTheWay { KernelClock.pause(backoff.next(jitter: .random(in: .min ... .max))) }
    }
  }

  /// Looks at the lock that is there, and takes it away if it is stale; false when none is left.
  private func clearTheWay(from holder: inout LockJudge.Holder) throws(Failure) -> Bool {
    guard let sight = try look() else { return false }
    switch judge.judge(sight.facts) {
    case .held(let by): holder = by
    case .heldFromFuture(let by):
      markFuture(sight.found.stamp)
      holder = by
    case .stale: return try !takeAside(sight.found.stamp)
    case .obstructed:
      throw .obstructed(path: place.channel.path(of: lockFile.name), by: sight.found.kind)
    }
    return true
  }

  /// Takes the lock that was judged out of the way; false when it turned out to be another one.
  private func takeAside(_ judged: FileStamp) throws(Failure) -> Bool {
    do throws(SystemError) {
      switch try lockFile.takeAside(judged: judged) {
      case .robbed: break
      case .gone: return true
      case .notTheOneJudged: return false
      }
    } catch {
      throw .file(.system(error))
    }
    // Its holder may only have been stopped: without this file it fails, instead of publishing a stale copy. Where it
    // cannot be removed, the look at what comes back keeps such a copy harmless as well.
    try? place.channel.unlink(ChannelLayout.peerTemporary(place.direction))
    return true
  }

  private func look() throws(Failure) -> WindowLockLook.Sight? {
    do throws(SystemError) {
      return try lockLook.sight { seenInFuture($0) }
    } catch {
      throw .file(.system(error))
    }
  }

  // MARK: Locks from the future

  /// One turn of a lock whose time of modification lies ahead, since this object saw it first.
  ///
  /// A turn is an inode and its time: file systems give a removed lock's inode to the next one at once, and that one's
  /// holder is alive.
  private struct FutureLock: Sendable {
    let stamp: FileStamp
    let seen: Moment
  }

  private let futureLock = Mutex<FutureLock?>(nil)

  private func seenInFuture(_ stamp: FileStamp) -> Duration? {
    let now = Moment.now
    let (former, here) = futureLock.withLock { lock -> (FutureLock?, Duration?) in
      if let lock, lock.stamp == stamp { return (nil, now.duration(since: lock.seen)) }
      defer { lock = FutureLock(stamp: stamp, seen: now) }
      return (lock, nil)
    }
    if let former { place.staging.discard(lockLook.mark(of: former.stamp)) }
    guard let left = lockLook.ageOfMark(of: stamp) else {
      // Only marked again when there is no good mark; what this object remembers counts whatever lies there.
      return here.flatMap { $0 > LockJudge.patience ? $0 : nil }
    }
    return max(left, here ?? .zero)
  }

  private func markFuture(_ stamp: FileStamp) {
    let name = lockLook.mark(of: stamp)
    place.staging.discard(name)
    // Without a mark other programs start to count anew; this one goes by what it remembers.
    guard let file = try? place.staging.directory.create(name) else { return }
    try? file.setModified(to: nil)
  }

  /// Once the lock was had, what was seen of the one before is over.
  private func clearMarks() {
    let former = futureLock.withLock { $0.take() }
    if let former { place.staging.discard(lockLook.mark(of: former.stamp)) }
  }
}
