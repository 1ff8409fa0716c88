// transom trace

internal import ChannelModel
internal import Transom

enum TraceVerb: VerbProgram {
  static let name = Verb.Name.trace

  static let row = Verb(
    .trace,
    "show the way of a message",
    examples: [
      Verb.Example(
        "transom trace 0f8fad5b-d9cb-469f-a165-70867728950e",
        "when it came, who had it, when it was answered, and how long each step took"
      ),
      Verb.Example("transom trace 0f8fad5b-d9cb-469f-a165-70867728950e --json", "one object for each step"),
    ],
    operands: [Operand(.id, .text, "the message's id, as send prints it and listen shows it")],
    options: [.json, .socket],
    notes: [
      "Only what the daemon has seen is told, and only of the last messages. The time is that of the daemon's clock; behind it stands how long it was since the step before. Messages with one id in several channels are told one below the other."
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let id = invocation.operand(.id)
    let daemon = try invocation.daemon()
    let steps = try daemon.steps(of: id)
    guard !steps.isEmpty else {
      throw ChannelError(
        .noChannel,
        at: daemon.place.path,
        "the daemon knows nothing of a message \"\(id.prefix(80))\"",
        hint: "an id is given whole, and the steps of old messages are forgotten"
      )
    }
    let text = TraceText(id, steps, style: around.style)
    if invocation.has(.json) {
      for line in text.json() { try around.output.addLine(line) }
    } else {
      try around.output.add(text.text())
    }
    try around.output.flush()
    return 0
  }
}

extension Verb.Name {
  package static let trace = Self(rawValue: "trace")
}
