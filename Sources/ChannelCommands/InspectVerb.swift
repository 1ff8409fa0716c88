// transom inspect

internal import Transom

enum InspectVerb: VerbProgram {
  static let name = Verb.Name.inspect
  static let row = Verb(
    .inspect,
    "show the state of a channel",
    examples: [
      Verb.Example("transom inspect /dev/shm/demo", "both directions: what waits, who reads, who holds what"),
      Verb.Example("transom inspect /dev/shm/demo --json | jq .directions[].readers", "the same for a program"),
    ],
    operands: [.directory],
    options: [.json],
    notes: ["Nothing is changed, and no lock is held while it is printed."]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let state = try ChannelInspector(invocation.operand(.directory), onlyLooks: true).state()
    if invocation.has(.json) {
      try around.output.addLine(state.json())
    } else {
      try around.output.add(state.text(style: around.style))
    }
    try around.output.flush()
    return 0
  }
}

extension Verb.Name {
  package static let inspect = Self(rawValue: "inspect")
}
