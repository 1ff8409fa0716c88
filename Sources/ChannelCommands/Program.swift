// The program as a whole: from its arguments to its exit status.

internal import LinuxIO
internal import Transom

/// Does what a command line asks for.
package enum Program {
  /// What is done for a verb by sockets, in place of what its own file does.
  package typealias Deed = (Invocation, Surroundings) throws -> Int32

  /// Runs with the words behind the program's name, and answers the status to end with.
  package static func run(_ words: [String], doing deeds: [Verb.Name: Deed] = [:]) -> Int32 {
    Interruption.ignoreBrokenPipes()
    StandardStreams.occupyClosed()
    var talkStyle = Surroundings.talkStyle("auto")
    do {
      switch try Arguments.parse(words) {
      case .run(let invocation):
        talkStyle = Surroundings.talkStyle(invocation.text(.color) ?? "auto")
        return try run(invocation, words, deeds)
      case .help(let verb):
        try HelpVerb.print(verb)
        return 0
      case .version:
        let output = Output()
        try output.add("\(CommandTable.program) \(CommandTable.version)\n")
        try output.flush()
        return 0
      case .nothing:
        StandardError.write(HelpText(style: talkStyle, width: Surroundings.width).short())
        return ChannelError.Code.misuse.exitStatus
      }
    } catch Output.Failure.readerIsGone {
      // As every program behind `| head -1` ends.
      Interruption.dieOfBrokenPipe()
    } catch {
      Surroundings.complain(describe(error), talkStyle)
      return status(of: error)
    }
  }

  private static func run(
    _ invocation: Invocation,
    _ words: [String],
    _ deeds: [Verb.Name: Deed]
  ) throws -> Int32 {
    guard let program = CommandTable.programs.first(where: { $0.name == invocation.verb.name }) else {
      preconditionFailure("only verbs of the table are understood")
    }
    try invocation.checkPlace()
    let deed = invocation.needsSockets ? deeds[program.name] : nil
    // Before there is a second thread, and before anything is read.
    if invocation.needsSockets, deed == nil { try SocketProgram.becomeIt(with: words) }
    let interruption = Interruption()
    do {
      let around = Surroundings(invocation, interruption: interruption)
      defer { around.finishSaying() }
      return try (deed ?? program.run)(invocation, around)
    } catch {
      interruption.parkIfEnding()
      interruption.forgetReminder()
      throw error
    }
  }

  // MARK: Errors

  /// What stands behind the program's name: where, what, and what to do.
  static func describe(_ error: any Error) -> String {
    switch error {
    case Output.Failure.system(let error):
      return "\(error) (what was sent or acknowledged before stays so)"
    case let error as SystemError: return "\(ChannelError(error, at: CommandTable.program))"
    default: return "\(error)"
    }
  }

  static func status(of error: any Error) -> Int32 {
    switch error {
    case let error as ChannelError: error.code.exitStatus
    case is UsageError: ChannelError.Code.misuse.exitStatus
    default: ChannelError.Code.system.exitStatus
    }
  }
}
