// Requests that are being answered by commands.

package import ChannelMessages
internal import LinuxIO

/// Runs a command for each request, so many at once, and ends them all when it has to.
package final class CommandJobs: Sendable {
  private let runner: CommandRunner
  private let turns: Turns
  private let report: CommandReport
  /// A longer answer fits in no message.
  private static let outputLimit = 64 << 20

  /// Those that a command line of `respond` asks for; `onFailure` learns that nothing can be printed any more.
  package convenience init(
    _ invocation: Invocation,
    _ around: Surroundings,
    onFailure: @escaping @Sendable (any Error) -> Void
  ) throws(UsageError) {
    let words = invocation.operands(.command)
    let name = words.first ?? ""
    guard let program = ProgramSearch.find(name) else {
      throw .noProgram(name)
    }
    self.init(
      Command(program: program, words: words, passesErrors: !invocation.has(.quiet)),
      limit: invocation.count(.jobs) ?? 16,
      report: CommandReport(around, isJSON: invocation.has(.json), onFailure: onFailure)
    )
  }

  init(_ command: Command, limit: Int, report: CommandReport) {
    self.report = report
    turns = Turns(limit: limit)
    runner = CommandRunner(command, variables: ["TRANSOM_METHOD", "TRANSOM_ID"], outputLimit: Self.outputLimit)
  }

  /// Runs the command for a request, and makes the answer of what it printed.
  package func answer(_ request: Message) async throws -> JSONText {
    await turns.enter()
    defer { turns.leave() }
    let begin = ContinuousClock.now
    let ended = await runner.run(
      CommandInput.line(of: request),
      [("TRANSOM_METHOD", request.method ?? ""), ("TRANSOM_ID", request.id)]
    )
    let result = Result { () throws(CommandFailure) in try answer(try ended.get()) }
    report.tell(request, result, took: begin.duration(to: .now))
    return try result.get()
  }

  /// Ends all commands; the requests that they were working on get an error for an answer.
  package func end() {
    turns.end()
    runner.end()
  }

  // MARK: Parts

  private func answer(_ ended: CommandRunner.Ended) throws(CommandFailure) -> JSONText {
    let name = runner.command.words[0]
    let said = ended.said
    if said.isTooLong {
      throw CommandFailure("\(name) printed more than \(ByteCountText.text(UInt64(Self.outputLimit)))")
    }
    guard ended.status == 0 else {
      let text = String(decoding: said.errors, as: UTF8.self)
      let words = text.prefix(text.reversed().drop { $0.isWhitespace }.count)
      let end = "\(name) \(CommandFailure.end(by: ended.status))"
      throw CommandFailure(words.isEmpty ? end : String(words), summary: end)
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
}
