// One file that a lock is made of.

internal import Synchronization

/// A whole lock file in staging, flocked only while it is in use, and removed from staging once it is spent.
///
/// Others may write in staging: whoever gives this file another name makes a lock that looks as alive as its flock is.
/// So nothing may hold that beyond the time of the lock itself.
final class PreparedFile: Sendable {
  private enum State {
    case idle
    /// The one who locked it has it for himself: its flock would not exclude a second user of this object.
    case inUse
    /// Never to be used again.
    case spent
  }

  let file: OpenFile
  let name: String
  private let staging: Staging
  private let state = Mutex(State.idle)
  /// When its time was set last, in nanoseconds since boot.
  private let refreshed = Atomic<UInt64>(0)

  /// Makes one.
  init(_ contents: [UInt8], in staging: Staging) throws(SystemError) {
    staging.removeLeftovers()
    let name = staging.makeName(.lock)
    let file = try staging.directory.create(name)
    do throws(SystemError) {
      try file.write(contents.span, at: 0)
    } catch {
      staging.discard(name)
      throw error
    }
    self.file = file
    self.name = name
    self.staging = staging
  }

  /// A tenth of the time after which 1.0 programs take a lock for stale.
  private static let nanosecondsBetweenRefreshes: UInt64 = 500_000_000

  /// Sees to it that its time is at most half a second old.
  func refreshIfDue() throws(SystemError) {
    let now = KernelClock.sinceBoot()
    if now &- refreshed.load(ordering: .relaxed) >= Self.nanosecondsBetweenRefreshes { try refresh() }
  }

  func refresh() throws(SystemError) {
    try file.setModified(to: nil)
    refreshed.store(KernelClock.sinceBoot(), ordering: .relaxed)
  }

  /// Whether a time is as one of these files has that was refreshed when it was due; the kernel's is behind by a tick.
  static func isFresh(_ time: FileTime) -> Bool {
    guard let age = time.age(at: .now()) else { return false }
    return age < .seconds(1)
  }

  /// Takes its flock; false when somebody else has it, which ends the use of this file.
  func tryLock() throws(SystemError) -> Bool {
    let isFree = state.withLock { state in
      guard case .idle = state else { return false }
      state = .inUse
      return true
    }
    guard isFree else { return false }
    do throws(SystemError) {
      if try file.tryLock() { return true }
    } catch {
      retire()
      throw error
    }
    retire()
    return false
  }

  /// Gives its flock up, to be locked again: only once the lock's name is gone, or was never had.
  func unlock() {
    do throws(SystemError) {
      try file.unlock()
      state.withLock { $0 = .idle }
    } catch {
      // Its flock ends with its descriptor at the latest.
      retire()
    }
  }

  /// Gives its flock up and takes it out of use, because others may have it under a name of their own.
  func retire() {
    let isFirst = state.withLock { state in
      if case .spent = state { return false }
      state = .spent
      return true
    }
    guard isFirst else { return }
    staging.discard(name)
    // Not left to the close: a child that inherited the descriptor would keep the flock.
    try? file.unlock()
  }

  deinit {
    retire()
  }
}
