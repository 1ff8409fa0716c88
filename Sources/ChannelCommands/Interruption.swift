// The end that comes from outside: Ctrl-C, and those who stop services.

internal import Glibc
internal import LinuxIO
internal import Synchronization

/// Ends the program by the signal that it got, once its channel is closed.
///
/// The signals are blocked in all threads and taken by one that waits for nothing else. So what has to be done at the
/// end is done in plain code, and no call of anybody else is interrupted.
package final class Interruption: Sendable {
  private struct State {
    var signal: Int32?
    var isBusy = false
    /// Whether nothing is printed any more, so that it does not matter who reads.
    var hasPrintedAll = false
    var deeds: [@Sendable () -> Void] = []
    var reminder: String?
    /// What is to be said when what is under way is cut off all the same.
    var warning: String?
  }

  private let state = Mutex(State())
  /// The end waits so long for what must not be cut off.
  private static let patience = Duration.seconds(1)
  /// And then so long for what is done before it, such as ending commands: somebody may keep a lock that it takes.
  private static let patienceForDeeds = Duration.seconds(3)
  private static let reminderDelay = Duration.seconds(1)

  /// Takes over the signals that end programs. To be made before there is a second thread.
  package init() {
    // What is ignored stays so: nohup, and a shell's background jobs, rely on it.
    let signals = [SIGINT, SIGTERM, SIGHUP].filter { !Self.isIgnored($0) }
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    do throws(SystemError) {
      try KernelThread.start("signals") { [self] in serve(signals) }
    } catch {
      // Without the thread signals end the program as they always do.
      unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }
  }

  /// Says something when the program still runs after a second: whoever waits learns for what.
  package func remind(_ text: String) {
    state.withLock { $0.reminder = text }
    // Without a thread for it nothing is said, and nothing is lost by that.
    try? KernelThread.start("reminder") { [self] in
      KernelClock.pause(Self.reminderDelay)
      if let reminder = state.withLock({ $0.reminder.take() }) { StandardError.write("transom: \(reminder)\n") }
    }
  }

  /// Adds something to be done before the program ends by a signal; what was added last is done first.
  package func beforeEnd(_ deed: @escaping @Sendable () -> Void) {
    state.withLock { $0.deeds.append(deed) }
  }

  /// Ends the program as soon as nobody reads what it prints, which its next line would tell, however long that takes.
  ///
  /// A terminal that hangs up sends a signal of its own.
  package func endWithReader(of output: Output) {
    guard !output.isTerminal else { return }
    // Without a thread for it the next line still tells.
    try? KernelThread.start("output") { [self] in
      guard output.awaitReaderGone() else { return }
      // What is being printed may be the last, whose reader has every right to go when he has it.
      while state.withLock({ $0.isBusy }) { KernelClock.pause(.milliseconds(2)) }
      if !state.withLock({ $0.hasPrintedAll }) { end(by: SIGPIPE) }
    }
  }

  /// What was waited for has come.
  package func forgetReminder() {
    state.withLock { $0.reminder = nil }
  }

  /// Does what a signal must not cut in two, such as printing a message and acknowledging it; does not return when the
  /// program is ending. After the last of them nobody has to read any more. What takes too long is cut off all the same, with
  /// the warning.
  package func whole<Result>(
    isLast: Bool = false,
    warning: String? = nil,
    _ body: () throws -> Result
  ) rethrows -> Result {
    let mayBegin = state.withLock { state in
      guard state.signal == nil else { return false }
      state.isBusy = true
      state.warning = warning
      return true
    }
    if !mayBegin { Self.park() }
    var isDone = false
    defer {
      state.withLock { state in
        state.isBusy = false
        state.hasPrintedAll = isLast && isDone
      }
    }
    let result = try body()
    isDone = true
    return result
  }

  /// Does not return when the program is ending: then nothing may be said about what the end has broken off.
  package func parkIfEnding() {
    if state.withLock({ $0.signal != nil }) { Self.park() }
  }

  // MARK: Parts

  private static func park() -> Never {
    while true { pause() }
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    // The type says that the function is meant, and not the structure of the same name.
    let ask: (Int32, UnsafePointer<sigaction>?, UnsafeMutablePointer<sigaction>?) -> Int32 = unsafe sigaction
    var action = sigaction()
    guard unsafe ask(signal, nil, &action) == 0 else { return false }
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1  // SIG_IGN
  }

  private func serve(_ signals: [Int32]) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    while true {
      let signal = unsafe sigwaitinfo(&set, nil)
      guard signal > 0 else { continue }
      // From here on a second signal ends the program at once.
      unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
      end(by: signal)
    }
  }

  private func end(by signal: Int32) -> Never {
    let isFirst = state.withLock { state in
      defer { state.signal = state.signal ?? signal }
      return state.signal == nil
    }
    // The program ends once.
    if !isFirst { Self.park() }
    Self.wait(Self.patience) { self.state.withLock { $0.isBusy } }
    if let warning = state.withLock({ $0.isBusy ? $0.warning : nil }) { StandardError.write("transom: \(warning)\n") }
    doDeeds()
    Self.die(by: signal)
  }

  private func doDeeds() {
    let deeds = state.withLock { $0.deeds }
    do throws(SystemError) {
      try KernelThread.start("end") { [self] in
        for deed in deeds.reversed() { deed() }
        state.withLock { $0.deeds = [] }
      }
    } catch {
      // Without a thread for them nothing ends them early.
      for deed in deeds.reversed() { deed() }
      return
    }
    Self.wait(Self.patienceForDeeds) { !self.state.withLock { $0.deeds.isEmpty } }
  }

  private static func wait(_ patience: Duration, while condition: () -> Bool) {
    let deadline = ContinuousClock.now.advanced(by: patience)
    while condition(), ContinuousClock.now < deadline { KernelClock.pause(.milliseconds(2)) }
  }

  /// Who reads our output may stop: that is met where it is written, and ends nothing by itself.
  static func ignoreBrokenPipes() { Glibc.signal(SIGPIPE, SIG_IGN) }

  /// Ends the program as one that does not ignore broken pipes.
  static func dieOfBrokenPipe() -> Never { die(by: SIGPIPE) }

  /// Ends the program as the signal would have: so a shell's loop around it ends as well.
  package static func die(by signal: Int32) -> Never {
    Glibc.signal(signal, SIG_DFL)
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, signal)
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    kill(getpid(), signal)
    // The first process of a container is not ended by signals.
    _exit(128 + signal)
  }
}
