// transom respond

internal import ChannelMessages
internal import Transom

enum RespondVerb: VerbProgram {
  static let name = Verb.Name.respond
  static let row = Verb(
    .respond,
    "answer requests by running a command",
    examples: [
      Verb.Example(
        "transom respond /dev/shm/demo --method sum -- jq add",
        "the payload on its standard input, the answer on its output"
      ),
      Verb.Example("transom respond /dev/shm/demo -- ./handle", "every request; ./handle looks at TRANSOM_METHOD"),
      Verb.Example(
        "transom respond /dev/shm/demo --method 'git.*' --jobs 4 -- sh -c 'git status -s'",
        "a pattern, at most four at once"
      ),
    ],
    operands: [.directoryOrURL, Operand(.command, .command, "what is run for each request")],
    options: [
      Option(
        .method,
        short: "m",
        .text("PATTERN"),
        isRepeatable: true,
        "only these methods; * stands for anything, may be repeated [default: *]"
      ),
      Option(.jobs, short: "j", .count(1...16), standard: "16", "run so many at once"),
      .side("backend"),
    ] + Option.security + [.json, .quiet],
    notes: [
      "The command gets the payload on its standard input as one line, and the environment variables TRANSOM_METHOD and TRANSOM_ID. What it prints is the answer; text that is no JSON is sent as a JSON string without its last line feed. Who prints nothing answers null. When it ends with another status than 0 the answer is an error with what it wrote to its standard error. More than 64 MiB of output is an error too.",
      "Of two programs that answer the same method each runs its command, and the first answer counts: share the work by --jobs, or by methods.",
      "Requests that no pattern fits are left to other programs. With --json each answered request is reported on the standard output.",
      "By a URL it answers what whoever listens there asks, and refuses requests that no pattern fits: a bridge gives each to one of those who are connected.",
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let side = invocation.side ?? .backend
    let trouble = try LastingTrouble(around)
    let jobs = try CommandJobs(invocation, around) { error in trouble.end(with: error) }
    let channel = try invocation.openChannel(as: side) { error in trouble.tell(error) }
    // What needs no answer yet fails at once as well, and not with the first request.
    try channel.checkMayWrite("to answer")
    around.interruption.beforeEnd {
      jobs.end()
      channel.close()
    }
    // Without --json nothing is printed, and so nobody is missed.
    if invocation.has(.json) { around.interruption.endWithReader(of: around.output) }
    let patterns = invocation.texts(.method)
    for pattern in patterns.isEmpty ? ["*"] : patterns {
      channel.respond(to: pattern) { request in try await jobs.answer(request) }
    }
    trouble.begin()
    let what = patterns.isEmpty ? "all requests" : "requests for \(patterns.joined(separator: ", "))"
    around.say("answering as \(side.rawValue) \(what) of the \(side.other.rawValue) through \(channel.path)")
    let error = trouble.wait()
    around.interruption.parkIfEnding()
    jobs.end()
    channel.close()
    throw error
  }
}

extension Verb.Name {
  package static let respond = Self(rawValue: "respond")
}
