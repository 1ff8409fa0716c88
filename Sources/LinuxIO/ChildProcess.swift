// Programs that we run.

internal import Glibc

/// A child with its three streams. It is the leader of a process group, so that what it starts is ended with it.
package final class ChildProcess {
  /// How a child is made to end.
  package enum Ending: Sendable {
    /// It may still tidy up.
    case asked
    case forced

    fileprivate var signal: Int32 {
      switch self {
      case .asked: SIGTERM
      case .forced: SIGKILL
      }
    }
  }

  /// Its process, which is also its group. Nobody else gets the number before it is reaped.
  package let number: Int32
  private var input: OwnedDescriptor?
  let output: OwnedDescriptor
  let errors: OwnedDescriptor

  /// Starts the program at a path, with its name and arguments as `words` and variables as `NAME=value`. Our own three
  /// streams must be open: a pipe that got one of their numbers would be mistaken for it.
  package init(_ program: String, _ words: [String], environment: [String]) throws(SystemError) {
    let input = try Pipe()
    let output = try Pipe()
    let errors = try Pipe()
    number = try Self.start(
      program,
      words,
      environment,
      streams: [input.reading.number, output.writing.number, errors.writing.number]
    )
    Pipe.makeNonBlocking(input.writing)
    Pipe.makeNonBlocking(output.reading)
    Pipe.makeNonBlocking(errors.reading)
    self.input = consume input.writing
    self.output = output.reading
    self.errors = errors.reading
  }

  /// The number of what is open to give it something; nil when that was closed.
  var inputNumber: Int32? { input?.number }

  /// Tells it that nothing more comes.
  func closeInput() { input = nil }

  /// Waits for its end, and leaves it there, so that nobody else gets its number.
  package func awaitEnd() {
    var info = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(number), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
  }

  /// Takes its exit status, or 128 and the signal, and gives up its number.
  package func reap() -> Int32 {
    var raw: Int32 = 0
    while unsafe waitpid(number, &raw, 0) < 0, errno == EINTR {}
    return raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
  }

  /// Ends a child that was not reaped yet, and what it has started.
  package static func end(_ number: Int32, _ ending: Ending) {
    kill(-number, ending.signal)
  }

  private static func start(
    _ program: String,
    _ words: [String],
    _ environment: [String],
    streams: [Int32]
  ) throws(SystemError) -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (stream, number) in streams.enumerated() {
      unsafe posix_spawn_file_actions_adddup2(&actions, number, Int32(stream))
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // Our signals are blocked or ignored, which a child would inherit.
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigaddset(&signals, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    var words = unsafe words.map { unsafe strdup($0) } + [nil]
    var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var child: Int32 = 0
    let code = unsafe posix_spawn(&child, program, &actions, &attributes, &words, &variables)
    guard code == 0 else { throw SystemError("posix_spawn", on: program, code: code) }
    return child
  }
}
