// Other programs, run by tests.

import Glibc
import LinuxIO
import Synchronization

/// A child of the test, started by posix_spawn with everything it may inherit.
package final class ProcessRun {
  package let pid: Int32
  private let output: OwnedDescriptor
  private var status: Int32?

  /// One at a time: none that is started meanwhile may hold this one's pipe, which would not end before that one does.
  private static let starting = Mutex(())

  /// Starts a program; what it writes to standard output and standard error goes to one pipe.
  package init(_ arguments: [String]) throws {
    let (child, end) = try Self.starting.withLock { _ in try Self.start(arguments) }
    pid = child
    output = OwnedDescriptor(taking: end)
  }

  private static func start(_ arguments: [String]) throws -> (pid: Int32, output: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw SystemError("pipe", code: errno) }
    // The child must not hold its own reading end.
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    unsafe posix_spawn_file_actions_addclose(&actions, ends[1])
    var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
    var child: Int32 = 0
    let code = unsafe posix_spawnp(&child, arguments[0], &actions, nil, &argv, environ)
    unsafe argv.forEach { unsafe free($0) }
    unsafe posix_spawn_file_actions_destroy(&actions)
    close(ends[1])
    guard code == 0 else {
      close(ends[0])
      throw SystemError("posix_spawn", on: arguments[0], code: code)
    }
    return (child, ends[0])
  }

  deinit {
    if status == nil {
      kill(pid, SIGKILL)
      _ = wait()
    }
  }

  /// Everything it writes until it ends, and the code it ends with (or 128 and the signal).
  package func finish() -> (code: Int32, output: String) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(output.number, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      bytes += buffer.prefix(count)
    }
    return (wait(), String(decoding: bytes, as: UTF8.self))
  }

  /// The next line it writes, without its end; nil when it ends without one.
  package func line() -> String? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while unsafe read(output.number, &byte, 1) == 1 {
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return nil
  }

  /// Waits for its end and leaves it there, dead and not waited for.
  package func becomeZombie() {
    var info = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
  }

  /// Waits for its end.
  @discardableResult
  package func wait() -> Int32 {
    if let status { return status }
    var raw: Int32 = 0
    while unsafe waitpid(pid, &raw, 0) < 0, errno == EINTR {}
    let code = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
    status = code
    return code
  }

  /// Runs a program to its end.
  package static func run(_ arguments: String...) throws -> (code: Int32, output: String) {
    try ProcessRun(arguments).finish()
  }

  /// The helper that is built beside the tests.
  package static var peer: String { get throws { try built("TestPeer") } }

  /// The many clients that are built beside the tests.
  package static var crowd: String { get throws { try built("WebSocketCrowd") } }

  /// The path of a program that is built beside the tests.
  private static func built(_ name: String) throws -> String {
    var path = [CChar](repeating: 0, count: 4_096)
    let length = unsafe readlink("/proc/self/exe", &path, path.count)
    guard length > 0 else { throw SystemError("readlink", on: "/proc/self/exe", code: errno) }
    let executable = String(decoding: path.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return executable.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/" + name
  }
}
