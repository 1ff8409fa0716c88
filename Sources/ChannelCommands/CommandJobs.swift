// Requests that are being answered by commands.

internal import ChannelMessages
internal import LinuxIO
internal import Synchronization

/// Runs a command for each request, so many at once, and ends them all when it has to.
final class CommandJobs: Sendable {
  private struct State {
    var isEnding = false
    var runningCount = 0
    var processes: Set<Int32> = []
    /// Requests that wait for one before them to be done.
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let command: Command
  private let limit: Int
  private let report: CommandReport
  private let environment: [String]
  private let state = Mutex(State())
  /// A longer answer fits in no message.
  private static let outputLimit = 64 << 20
  private static let errorLimit = 64 << 10
  /// How long a command has between being asked to end and being ended.
  private static let patience = Duration.seconds(1)

  init(_ command: Command, limit: Int, report: CommandReport) {
    self.command = command
    self.limit = limit
    self.report = report
    environment = ProcessEnvironment.all.filter { !$0.hasPrefix("TRANSOM_METHOD=") && !$0.hasPrefix("TRANSOM_ID=") }
  }

  /// Runs the command for a request, and makes the answer of what it printed.
  func answer(_ request: Message) async throws -> JSONText {
    await enter()
    defer { leave() }
    let begin = ContinuousClock.now
    let result: Result<JSONText, CommandFailure> = await withCheckedContinuation { continuation in
      // A thread, since the tasks' own are few and none of them may block.
      do throws(SystemError) {
        try KernelThread.start("command") { [self] in
          continuation.resume(returning: Result { () throws(CommandFailure) in try run(request) })
        }
      } catch {
        continuation.resume(returning: .failure(CommandFailure("no thread is to be had: \(error.reason)")))
      }
    }
    report.tell(request, result, took: begin.duration(to: .now))
    return try result.get()
  }

  /// Ends all commands; the requests that they were working on get an error for an answer.
  func end() {
    let waiting = state.withLock { state in
      state.isEnding = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
    endAll(.asked)
    let deadline = ContinuousClock.now.advanced(by: Self.patience)
    while state.withLock({ !$0.processes.isEmpty }), ContinuousClock.now < deadline {
      KernelClock.pause(.milliseconds(2))
    }
    endAll(.forced)
  }

  // MARK: Parts

  private func enter() async {
    await withCheckedContinuation { continuation in
      let mayRun = state.withLock { state in
        guard state.runningCount >= limit, !state.isEnding else {
          state.runningCount += 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if mayRun { continuation.resume() }
    }
  }

  /// Hands the place to the next, if there is one.
  private func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if !state.waiting.isEmpty { return state.waiting.removeFirst() }
      state.runningCount -= 1
      return nil
    }
    next?.resume()
  }

  private func run(_ request: Message) throws(CommandFailure) -> JSONText {
    let method = request.method ?? ""
    guard !method.contains("\0"), !request.id.contains("\0") else {
      throw CommandFailure("no environment variable can hold this method or id")
    }
    let child = try start(environment + ["TRANSOM_METHOD=\(method)", "TRANSOM_ID=\(request.id)"])
    // One line, whatever its sender made of it: what a shell's `read` takes.
    var payload = JSONWriter(reservingCapacity: request.payload.bytes.count + 1)
    payload.compact(request.payload)
    let said = child.exchange(
      payload.bytes + [UInt8(ascii: "\n")],
      outputLimit: Self.outputLimit,
      errorLimit: Self.errorLimit
    ) { part in
      if command.passesErrors { StandardError.write(String(decoding: part, as: UTF8.self)) }
    }
    child.awaitEnd()
    // Together: a number that was given up may be another's, who must not be ended.
    let status = state.withLock { state in
      state.processes.remove(child.number)
      return child.reap()
    }
    return try answer(said, status)
  }

  private func start(_ environment: [String]) throws(CommandFailure) -> ChildProcess {
    guard !state.withLock({ $0.isEnding }) else { throw CommandFailure("the responder is ending") }
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

  private func answer(_ said: ChildProcess.Said, _ status: Int32) throws(CommandFailure) -> JSONText {
    let name = command.words[0]
    if said.isTooLong {
      throw CommandFailure("\(name) printed more than \(ByteCountText.text(UInt64(Self.outputLimit)))")
    }
    guard status == 0 else {
      let text = String(decoding: said.errors, as: UTF8.self)
      let words = text.prefix(text.reversed().drop { $0.isWhitespace }.count)
      let end = status > 128 ? "was ended by signal \(status - 128)" : "ended with status \(status)"
      throw CommandFailure(words.isEmpty ? "\(name) \(end)" : String(words), summary: "\(name) \(end)")
    }
    // Who prints nothing has nothing to say.
    if said.output.isEmpty { return .null }
    if let value = try? JSONText(validating: said.output) {
      // It would not be sent, and the other side would wait in vain.
      if let hazard = value.peerHazard {
        throw CommandFailure("the answer has \(hazard), which 1.0 programs cannot read")
      }
      return value
    }
    if let text = PayloadText.text(said.output, cutsLine: true) { return text }
    throw CommandFailure("\(name) printed neither JSON nor text in UTF-8")
  }

  private func endAll(_ ending: ChildProcess.Ending) {
    state.withLock { state in for process in state.processes { ChildProcess.end(process, ending) } }
  }
}
