// The locks around a window while they are ours.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

extension WindowLock {
  /// `project.lock`, and the 1.0 lock as soon as that is taken, until `release` or the end of this object.
  package final class Held: Sendable {
    private let lock: WindowLock
    /// Nil while only `project.lock` is held.
    private let held = Mutex<(lock: HeldLock, since: Moment)?>(nil)
    private let isReleased = Atomic(false)

    init(_ lock: WindowLock) {
      self.lock = lock
    }

    // MARK: The 1.0 lock

    /// Takes the 1.0 lock, waiting on the calling thread until the deadline.
    func takeLockFile(until deadline: Moment) throws(Failure) {
      hold(try lock.takeLockFile(until: deadline))
    }

    /// Takes the 1.0 lock if nobody has it, or who has it is gone; never waits.
    func tryLockFile() throws(Failure) -> Bool {
      guard let taken = try lock.tryLockFile() else { return false }
      hold(taken)
      return true
    }

    private func hold(_ taken: HeldLock) {
      // One that was taken from us may still be in hand; letting go of it leaves what is there alone.
      let former = held.withLock { held in
        defer { held = (taken, .now) }
        return held?.lock
      }
      withExtendedLifetime(former) {}
    }

    /// Whether nobody has taken the 1.0 lock from us.
    package func isOurs() throws(Failure) -> Bool {
      guard let lock = held.withLock({ $0?.lock }) else { return false }
      do throws(SystemError) { return try lock.isOurs() } catch { throw .file(.system(error)) }
    }

    /// For how long the 1.0 lock has been held.
    func duration(at now: Moment) -> Duration { held.withLock { $0.map { now.duration(since: $0.since) } ?? .zero } }

    /// Gives the 1.0 lock up.
    func releaseLockFile(isSurelyOurs: Bool = false) throws(Failure) {
      let lock = held.withLock { $0.take()?.lock }
      do throws(SystemError) { _ = try lock?.release(isSurelyOurs: isSurelyOurs) } catch { throw .file(.system(error)) }
    }

    // MARK: `project.lock`

    /// What the last projector left; nil where nothing readable is.
    func record() throws(Failure) -> ProjectLockRecord? { try lock.record() }

    /// Leaves a record for the next projector.
    func leave(_ record: ProjectLockRecord) throws(Failure) { try lock.write(record) }

    /// Gives both up. The 1.0 lock goes first: only the holder of the other may touch it.
    package func release() throws(Failure) {
      guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return }
      defer { lock.leave() }
      try releaseLockFile()
    }

    deinit {
      try? release()
    }
  }
}
