// transom status

internal import ChannelAdmin
internal import ChannelMessages

enum StatusVerb: VerbProgram {
  static let name = Verb.Name.status

  static let row = Verb(
    .status,
    "show how the daemon is",
    examples: [
      Verb.Example("transom status", "is it well, since when, what it serves, how its handlers do"),
      Verb.Example("transom status --json | jq '.handlers[] | {name, failed}'", "the same for a program"),
    ],
    options: [.json, .socket],
    notes: [
      "The first line says whether all is well, and otherwise why not; the status is 0 as long as the daemon answers. Of a handler, RUNNING is how many messages its programs have at the moment, LATER how many it wanted again later, and HALF WITHIN and 99 % WITHIN tell in which time that share of them was done with, from a program's having the message to its answer. Counts begin with the daemon, or when the handler's setting last changed.",
      "Of a bridge, CONNECTED is how many are at its other ends now, OUT what went from channels to them and IN what came from them; DROPPED are messages that do not go across, and REFUSED is how often one end would not have what the other wrote. Of a door, REQUESTS IN are those that it answered, and REFUSED those that it would not do.",
      "With --json times are nanoseconds since 1970, and durations nanoseconds.",
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let status = try invocation.daemon().status()
    if invocation.has(.json) {
      try around.output.addLine(JSONWriter.object { status.writeWhole(to: &$0) })
    } else {
      try around.output.add(StatusPage(status, style: around.style).text())
    }
    try around.output.flush()
    return 0
  }
}

extension Verb.Name {
  package static let status = Self(rawValue: "status")
}
