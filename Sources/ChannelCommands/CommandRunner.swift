// A command that is run again and again.

internal import LinuxIO
internal import Synchronization

/// Runs a command on a thread of its own each time, and ends all that run when it has to.
final class CommandRunner: Sendable {
  /// What came of one run.
  struct Ended: Sendable {
    let said: ChildProcess.Said
    /// Its exit status, or 128 and the signal.
    let status: Int32
  }

  private struct State {
    var isEnding = false
    var processes: Set<Int32> = []
  }

  let command: Command
  private let environment: [String]
  private let outputLimit: Int
  /// Gets the output as it comes; without it the output is kept.
  private let onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)?
  private let state = Mutex(State())
  private static let errorLimit = 64 << 10
  /// How long a command has between being asked to end and being ended.
  private static let patience = Duration.seconds(1)

  /// `variables` are the names of those that each run gets anew: what we inherited of them means something else.
  init(
    _ command: Command,
    variables: [String],
    outputLimit: Int = .max,
    onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)? = nil
  ) {
    self.command = command
    self.outputLimit = outputLimit
    self.onOutput = onOutput
    environment = ProcessEnvironment.all.filter { entry in !variables.contains { entry.hasPrefix("\($0)=") } }
  }

  /// Whether nothing is begun any more.
  var isEnding: Bool { state.withLock { $0.isEnding } }

  /// Runs it once, with this input and these variables besides those that we were given.
  func run(_ input: [UInt8], _ variables: [(name: String, value: String)]) async -> Result<Ended, CommandFailure> {
    guard variables.allSatisfy({ !$0.value.contains("\0") }) else {
      return .failure(CommandFailure("no environment variable can hold this method or id"))
    }
    let settings = environment + variables.map { "\($0.name)=\($0.value)" }
    return await withCheckedContinuation { continuation in
      // A thread, since the tasks' own are few and none of them may block.
      do throws(SystemError) {
        try KernelThread.start("command") { [self] in
          continuation.resume(returning: Result { () throws(CommandFailure) in try run(input, settings) })
        }
      } catch {
        continuation.resume(returning: .failure(CommandFailure("no thread is to be had: \(error.reason)")))
      }
    }
  }

  /// Ends all that run, and waits for that a little.
  func end() {
    state.withLock { $0.isEnding = true }
    endAll(.asked)
    let deadline = ContinuousClock.now.advanced(by: Self.patience)
    while state.withLock({ !$0.processes.isEmpty }), ContinuousClock.now < deadline {
      KernelClock.pause(.milliseconds(2))
    }
    endAll(.forced)
  }

  // MARK: Parts

  private func run(_ input: [UInt8], _ environment: [String]) throws(CommandFailure) -> Ended {
    let child = try start(environment)
    let said = child.exchange(
      input,
      outputLimit: outputLimit,
      errorLimit: Self.errorLimit,
      onOutput: onOutput
    ) { part in
      if command.passesErrors { StandardError.write(String(decoding: part, as: UTF8.self)) }
    }
    child.awaitEnd()
    // Together: a number that was given up may be another's, who must not be ended.
    let status = state.withLock { state in
      state.processes.remove(child.number)
      return child.reap()
    }
    return Ended(said: said, status: status)
  }

  private func start(_ environment: [String]) throws(CommandFailure) -> ChildProcess {
    guard !isEnding else { throw CommandFailure("the program is ending") }
    let child: ChildProcess
    do throws(SystemError) {
      child = try ChildProcess(command.program, command.words, environment: environment)
    } catch {
      let what = error.call == "posix_spawn" ? "\(command.words[0]) cannot be run" : "no pipe is to be had"
      throw CommandFailure("\(what): \(error.reason)")
    }
    let isEnding = state.withLock { state in
      state.processes.insert(child.number)
      return state.isEnding
    }
    if isEnding { ChildProcess.end(child.number, .asked) }
    return child
  }

  private func endAll(_ ending: ChildProcess.Ending) {
    state.withLock { state in for process in state.processes { ChildProcess.end(process, ending) } }
  }
}
