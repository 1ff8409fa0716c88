// One run of a command.

internal import Glibc
internal import LinuxIO

/// A child with its three streams. It is the leader of a process group, so that what it starts is ended with it.
final class CommandRun {
  /// What came of it.
  struct Outcome {
    /// Its exit status, or 128 and the signal.
    var status: Int32 = 0
    var output: [UInt8] = []
    /// The beginning of what it wrote to its standard error.
    var errors: [UInt8] = []
    var isTooLong = false
  }

  /// A longer answer fits in no message.
  static let outputLimit = 64 << 20
  private static let errorLimit = 64 << 10

  let process: Int32
  private var input: OwnedDescriptor?
  private let output: OwnedDescriptor
  private let errors: OwnedDescriptor
  private let passesErrors: Bool

  /// Starts the command. One at a time in the whole process: between making a pipe and keeping it from other children
  /// one of them could get it, and its reader would wait for that one too.
  init(_ command: Command, environment: [String]) throws(CommandFailure) {
    let input = try ChildPipe(.toChild)
    let output = try ChildPipe(.fromChild)
    let errors = try ChildPipe(.fromChild)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (stream, number) in [input.child.number, output.child.number, errors.child.number].enumerated() {
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
    var words = unsafe command.words.map { unsafe strdup($0) } + [nil]
    var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var child: Int32 = 0
    let code = unsafe posix_spawn(&child, command.program, &actions, &attributes, &words, &variables)
    guard code == 0 else {
      throw CommandFailure("\(command.words[0]) cannot be run: \(SystemError("posix_spawn", code: code).reason)")
    }
    process = child
    self.input = consume input.ours
    self.output = output.ours
    self.errors = errors.ours
    passesErrors = command.passesErrors
  }

  /// Gives it its input and takes its output, whichever it is ready for, until it has closed both streams.
  func exchange(_ bytes: [UInt8]) -> Outcome {
    var outcome = Outcome()
    var given = 0
    var (hasOutput, hasErrors) = (true, true)
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    if bytes.isEmpty { input = nil }
    while hasOutput || hasErrors {
      var wanted = [
        // A negative number is passed over.
        pollfd(fd: input?.number ?? -1, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: hasOutput ? output.number : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: hasErrors ? errors.number : -1, events: Int16(POLLIN), revents: 0),
      ]
      if unsafe poll(&wanted, 3, -1) < 0 { continue }
      if wanted[0].revents != 0 {
        given += feed(bytes[given...])
        if given == bytes.count { input = nil }
      }
      if wanted[1].revents != 0 {
        let count = take(from: output.number, &buffer)
        hasOutput = count != 0
        outcome.output += buffer.prefix(max(0, count))
        if outcome.output.count > Self.outputLimit {
          outcome.isTooLong = true
          kill(-process, SIGKILL)
          break
        }
      }
      if wanted[2].revents != 0 {
        let count = take(from: errors.number, &buffer)
        hasErrors = count != 0
        let part = buffer.prefix(max(0, count))
        outcome.errors += part.prefix(max(0, Self.errorLimit - outcome.errors.count))
        if passesErrors, !part.isEmpty { StandardError.write(String(decoding: part, as: UTF8.self)) }
      }
    }
    input = nil
    return outcome
  }

  /// Waits for its end, and leaves it there, so that nobody else gets its number.
  func awaitEnd() {
    var info = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
  }

  /// Takes its exit status, and gives up its number.
  func reap() -> Int32 {
    var raw: Int32 = 0
    while unsafe waitpid(process, &raw, 0) < 0, errno == EINTR {}
    return raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
  }

  // MARK: Parts

  /// How much of it the child took; all of it when it reads no more, which is its right.
  private func feed(_ bytes: ArraySlice<UInt8>) -> Int {
    guard let number = input?.number else { return 0 }
    let count = unsafe bytes.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : bytes.count
  }

  /// How many bytes came; 0 at the end, less when there are none now.
  private func take(from number: Int32, _ buffer: inout [UInt8]) -> Int {
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(number, $0.baseAddress, $0.count) }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? -1 : 0
  }
}
