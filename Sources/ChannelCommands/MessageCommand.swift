// The command of `watch --exec`.

internal import ChannelMessages
internal import ChannelModel

/// Runs a command for a message, and understands how it has ended.
final class MessageCommand: Sendable {
  enum Outcome: Sendable {
    case done
    /// It is to be run again later.
    case later
    /// It could not deal with the message, and would not another time.
    case aside(status: Int32?, why: String)
    /// The program ends: nothing is known.
    case cutOff
  }

  /// What a command ends with to get its message again: EX_TEMPFAIL of sysexits.h.
  static let statusForLater: Int32 = 75

  private let runner: CommandRunner
  /// Channels that have a command running.
  private let turns: Turns

  init(_ command: Command, limit: Int, onOutput: @escaping @Sendable (ArraySlice<UInt8>) -> Void) {
    turns = Turns(limit: limit)
    runner = CommandRunner(
      command,
      variables: ["TRANSOM_CHANNEL", "TRANSOM_DIRECTION", "TRANSOM_TYPE", "TRANSOM_METHOD", "TRANSOM_ID"],
      onOutput: onOutput
    )
  }

  /// Runs it when it is its turn; `own` has one place, so that commands of one channel follow each other.
  func run(for message: Message, from path: String, _ direction: Direction, own: Turns) async -> Outcome {
    await own.enter()
    defer { own.leave() }
    await turns.enter()
    defer { turns.leave() }
    if runner.isEnding { return .cutOff }
    let ended = await runner.run(
      CommandInput.line(of: message),
      [
        ("TRANSOM_CHANNEL", path), ("TRANSOM_DIRECTION", direction.name), ("TRANSOM_TYPE", message.kind.rawValue),
        ("TRANSOM_METHOD", message.method ?? ""), ("TRANSOM_ID", message.id),
      ]
    )
    return Self.outcome(of: ended.map(\.status), name: runner.command.words[0], isEnding: runner.isEnding)
  }

  /// Ends all that run. What they were working on is not acknowledged.
  func end() {
    turns.end()
    runner.end()
  }

  /// What a command's end means. One that was ended with us says nothing about its message, unless it was done.
  static func outcome(of ended: Result<Int32, CommandFailure>, name: String, isEnding: Bool) -> Outcome {
    switch ended {
    case .success(0): return .done
    case _ where isEnding: return .cutOff
    case .success(statusForLater): return .later
    case .success(let status): return .aside(status: status, why: "\(name) \(CommandFailure.end(by: status))")
    case .failure(let failure): return .aside(status: nil, why: failure.description)
    }
  }
}
