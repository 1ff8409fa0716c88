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
    notes: [
      "The window is what 1.0 programs read: one line says what it holds and who wrote it last, the next whether they can read it and whether it shows all that was sent. The 1.0 lock is the file that they take to send: a number in it may be that of a process in another container, so it is judged by its age, and a lock of Transom by whether its holder lives.",
      "Where you may not write, it says what stands in the way, and whether a monitor (see listen) would open the window: when another than Transom wrote it last.",
      "Nothing is changed, and no lock is held while it is printed; but to those who watch the channel whoever reads a window is a 1.0 program, so for 10 s they count one. What is wrong, and how to mend it, is told by transom doctor.",
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let state = try ChannelInspector(try invocation.directory, onlyLooks: true).state()
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
