// Other programs, started by the runner.

internal import Glibc
internal import LinuxIO

/// A child that is killed when nobody needs it any more.
final class ChildProcess {
  let pid: Int32
  private var isOver = false

  /// Starts a program with these descriptors as its standard input, output and error; the others that the runner opened
  /// are closed in it.
  init(_ arguments: [String], input: Int32, output: Int32, error: Int32 = 2) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, error, 2)
    var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
    var child: Int32 = 0
    let code = unsafe posix_spawn(&child, arguments[0], &actions, nil, &argv, environ)
    unsafe argv.forEach { unsafe free($0) }
    unsafe posix_spawn_file_actions_destroy(&actions)
    guard code == 0 else { throw SystemError("posix_spawn", on: arguments[0], code: code) }
    pid = child
  }

  deinit {
    if !isOver {
      kill(pid, SIGKILL)
      wait()
    }
  }

  /// Waits for its end; answers what it ended with, 0 when all went well.
  @discardableResult
  func wait() -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
    isOver = true
    return status
  }

  /// A descriptor that swallows everything, and gives nothing.
  static func nowhere() throws -> OwnedDescriptor {
    let number = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    guard number >= 0 else { throw SystemError("open", on: "/dev/null", code: errno) }
    return OwnedDescriptor(taking: number)
  }
}
