// The program as a whole: from its arguments to its exit status.

internal import Glibc
internal import LinuxIO
internal import Transom

/// Does what a command line asks for.
package enum Program {
  /// Runs with the words behind the program's name, and answers the status to end with.
  package static func run(_ words: [String]) -> Int32 {
    // Who reads our output may stop: that is met where it is written.
    signal(SIGPIPE, SIG_IGN)
    var talkStyle = Surroundings.talkStyle("auto")
    do {
      switch try Arguments.parse(words) {
      case .run(let invocation):
        talkStyle = Surroundings.talkStyle(invocation.text(.color) ?? "auto")
        return try run(invocation)
      case .help(let verb):
        let help = HelpText(
          style: Style.decided("auto", isTerminal: isatty(1) == 1, environment: Surroundings.environment),
          width: width
        )
        return try printAll(verb.map(help.of) ?? help.whole())
      case .version:
        return try printAll("\(CommandTable.program) \(CommandTable.version)\n")
      case .nothing:
        StandardError.write(HelpText(style: talkStyle, width: width).short())
        return ChannelError.Code.misuse.exitStatus
      }
    } catch Output.Failure.readerIsGone {
      // As every program behind `| head -1` ends.
      Interruption.die(by: SIGPIPE)
    } catch {
      Surroundings.complain(describe(error), talkStyle)
      return status(of: error)
    }
  }

  private static func run(_ invocation: Invocation) throws -> Int32 {
    switch invocation.verb.name {
    case .completions:
      return try printAll(Completion().script(for: Completion.Shell(rawValue: invocation.operand(.shell)) ?? .bash))
    case .man:
      let about = invocation.operand(.verb)
      let verb = CommandTable.standard.verbs.first { $0.name.rawValue == about }
      return try printAll(verb.map(ManPage().of) ?? ManPage().whole())
    case .help:
      return try printAll(HelpText(width: width).whole())
    case .`init`, .send, .request, .respond, .listen, .reader, .inspect:
      let interruption = Interruption()
      let around = Surroundings(invocation, interruption: interruption)
      do {
        return try perform(invocation, around)
      } catch {
        interruption.parkIfEnding()
        interruption.forgetReminder()
        throw error
      }
    }
  }

  private static func perform(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    switch invocation.verb.name {
    case .`init`: return try InitVerb.run(invocation, around)
    case .send: return try SendVerb.run(invocation, around)
    case .request: return try RequestVerb.run(invocation, around)
    case .respond: return try RespondVerb.run(invocation, around)
    case .listen: return try ListenVerb.run(invocation, around)
    case .reader: return try ReaderVerb.run(invocation, around)
    case .inspect: return try InspectVerb.run(invocation, around)
    case .completions, .man, .help: preconditionFailure("these need no channel")
    }
  }

  // MARK: Printing

  private static func printAll(_ text: String) throws -> Int32 {
    let output = Output(1)
    try output.add(text)
    try output.flush()
    return 0
  }

  private static var width: Int { Surroundings.environment["COLUMNS"].flatMap { Int($0) } ?? 80 }

  // MARK: Errors

  /// What stands behind the program's name: where, what, and what to do.
  static func describe(_ error: any Error) -> String {
    switch error {
    case Output.Failure.system(let error):
      return "\(error.subject): \(error.reason) (\(error.call)) (what was printed before is there)"
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
