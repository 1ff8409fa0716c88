// Children that tests talk to, line by line.

internal import Glibc
internal import LinuxIO

/// A child with a pipe to its standard input and one from its standard output, started by posix_spawn. It is killed when
/// it is let go of; its standard error is ours.
final class LineProcess {
  /// Why it said nothing more.
  enum Silence: Error {
    case tooLate(after: Duration)
    case ended(status: Int32)
  }

  let pid: Int32
  private var input: OwnedDescriptor?
  private let output: OwnedDescriptor
  private var received: [UInt8] = []
  private var status: Int32?

  /// Starts a program with further variables, `NAME=value`.
  init(_ arguments: [String], variables: [String] = []) throws {
    // One that has ended is found out by its silence, and is no reason to end ourselves.
    Glibc.signal(SIGPIPE, SIG_IGN)
    let input = try Ends()
    let output = try Ends()
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawn_file_actions_adddup2(&actions, input.reading.number, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output.writing.number, 1)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    // A thread of the task pool blocks signals, and whoever is started from there would never hear of them.
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigaddset(&signals, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    var settings = unsafe (Self.environment + variables).map { unsafe strdup($0) } + [nil]
    defer {
      unsafe (words + settings).forEach { unsafe free($0) }
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    var child: Int32 = 0
    let code = unsafe posix_spawn(&child, arguments[0], &actions, &attributes, &words, &settings)
    guard code == 0 else { throw SystemError("posix_spawn", on: arguments[0], code: code) }
    pid = child
    self.input = consume input.writing
    self.output = consume output.reading
  }

  deinit {
    signal(SIGKILL)
    end()
  }

  func signal(_ number: Int32) {
    if status == nil { kill(pid, number) }
  }

  /// Stops it, and returns when it does nothing any more.
  func stop() {
    signal(SIGSTOP)
    var raw: Int32 = 0
    while unsafe waitpid(pid, &raw, WUNTRACED) < 0, errno == EINTR {}
    if raw & 0xFF != 0x7F { status = Self.status(of: raw) }
  }

  func resume() {
    signal(SIGCONT)
  }

  /// Lets its input end, waits for its end, and tells the status: its own, or 128 and the signal.
  @discardableResult
  func end() -> Int32 {
    input = nil
    if let status { return status }
    var raw: Int32 = 0
    while unsafe waitpid(pid, &raw, 0) < 0, errno == EINTR {}
    let status = Self.status(of: raw)
    self.status = status
    return status
  }

  /// Gives it a line; a child that reads no more is found out by its silence.
  func write(_ line: [UInt8]) {
    guard status == nil, let number = input?.number else { return }
    var rest = (line + [UInt8(ascii: "\n")])[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// The next line it writes, without its end.
  func line(within limit: Duration) throws -> [UInt8] {
    let deadline = ContinuousClock.now + limit
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        defer { received.removeFirst(end + 1) }
        return Array(received[..<end])
      }
      let left = (deadline - ContinuousClock.now) / .milliseconds(1)
      guard left > 0 else { throw Silence.tooLate(after: limit) }
      var wanted = pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&wanted, 1, Int32(left.rounded(.up))) > 0 else { continue }
      let count = unsafe block.withUnsafeMutableBytes { unsafe read(output.number, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Silence.ended(status: end()) }
      received += block.prefix(count)
    }
  }

  /// Whether it has said something that was not taken yet.
  var hasLine: Bool {
    if received.contains(UInt8(ascii: "\n")) { return true }
    var wanted = pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&wanted, 1, 0) > 0
  }

  private static func status(of raw: Int32) -> Int32 {
    raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
  }

  /// A pipe; no child inherits its ends but under the numbers that it is given.
  private struct Ends: ~Copyable {
    let reading: OwnedDescriptor
    let writing: OwnedDescriptor

    init() throws {
      var ends: [Int32] = [-1, -1]
      guard unsafe pipe(&ends) == 0 else { throw SystemError("pipe", code: errno) }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      reading = OwnedDescriptor(taking: ends[0])
      writing = OwnedDescriptor(taking: ends[1])
    }
  }

  private static var environment: [String] {
    var result: [String] = []
    var place = unsafe environ
    while let entry = unsafe place.pointee {
      result.append(unsafe String(cString: entry))
      unsafe place += 1
    }
    return result
  }
}
