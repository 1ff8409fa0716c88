// Who a process is, so that its number cannot be mistaken for that of a later one.

internal import Glibc

/// A process for as long as the machine runs: pid numbers come back, the four together do not.
package struct ProcessIdentity: Hashable, Sendable {
  /// Its number in its own pid namespace.
  package let pid: Int32
  /// When it began, in clock ticks since boot.
  package let startTime: UInt64
  /// The inode of its pid namespace.
  package let pidNamespace: UInt64
  /// The boot that it runs under.
  package let boot: BootIdentity

  package init(pid: Int32, startTime: UInt64, pidNamespace: UInt64, boot: BootIdentity) {
    self.pid = pid
    self.startTime = startTime
    self.pidNamespace = pidNamespace
    self.boot = boot
  }

  /// This process. Read anew each time: a forked child is another.
  package static func current() throws(SystemError) -> Self {
    guard let stat = ProcessStat.parse(try ProcFile.bytes(of: "/proc/self/stat")) else {
      throw SystemError("read", on: "/proc/self/stat", code: EINVAL)
    }
    // Its number comes from getpid, since the one in /proc is that of the namespace /proc was mounted for.
    return Self(
      pid: getpid(),
      startTime: stat.startTime,
      pidNamespace: try currentPidNamespace(),
      boot: try .current()
    )
  }

  /// The user whose rights this process has.
  package static var user: UInt32 { geteuid() }

  /// What can be said of the process with this number in our own pid namespace.
  package static func look(_ pid: Int32) -> ProcessState {
    // 0 and below name no process, but groups, to kill(2).
    guard pid > 0 else { return .gone }
    if procIsOurs, let line = try? ProcFile.bytes(of: "/proc/\(pid)/stat"), let stat = ProcessStat.parse(line) {
      return stat.isDead ? .gone : .running(startTime: stat.startTime)
    }
    // Absent from /proc may also mean hidden from us; signal 0 tells them apart.
    return kill(pid, 0) != 0 && errno == ESRCH ? .gone : .notVisible
  }

  /// What can be said of this very process: a later one with its number counts as gone.
  package func look() throws(SystemError) -> ProcessState {
    // A boot has ended with all its processes, wherever they were.
    guard try BootIdentity.current() == boot else { return .gone }
    guard try Self.currentPidNamespace() == pidNamespace else { return .notVisible }
    switch Self.look(pid) {
    case .running(let startTime): return startTime == self.startTime ? .running(startTime: startTime) : .gone
    case .gone: return .gone
    case .notVisible: return .notVisible
    }
  }

  /// Whether `/proc` was mounted for our own pid namespace. In a new namespace with the old `/proc`, our numbers would
  /// be looked up among other processes.
  private static var procIsOurs: Bool {
    guard let line = try? ProcFile.bytes(of: "/proc/self/stat") else { return false }
    return ProcessStat.parse(line)?.pid == getpid()
  }

  private static func currentPidNamespace() throws(SystemError) -> UInt64 {
    var status = stat()
    _ = try systemCall("stat", on: "/proc/self/ns/pid") { unsafe stat("/proc/self/ns/pid", &status) }
    return UInt64(status.st_ino)
  }
}
