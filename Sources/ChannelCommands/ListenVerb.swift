// transom listen

internal import ChannelMessages
internal import Transom

enum ListenVerb: VerbProgram {
  static let name = Verb.Name.listen
  static let row = Verb(
    .listen,
    "print messages as they come",
    examples: [
      Verb.Example("transom listen /dev/shm/demo", "everything that comes from now on, until Ctrl-C"),
      Verb.Example(
        "transom listen /dev/shm/demo --reader worker | ./store",
        "durable: a restart goes on where this one ended"
      ),
      Verb.Example("transom listen /dev/shm/demo --from start -w 100ms", "what is there, and no more"),
      Verb.Example("transom listen /dev/shm/demo --type event --method 'build.*' -n 1 -w 10m", "wait for one event"),
    ],
    operands: [.directoryOrURL],
    options: [
      Option(
        .reader,
        short: "r",
        .text("NAME"),
        "read under this name: what was printed is acknowledged, and a restart goes on from there"
      ),
      Option(.group, short: "g", .text("NAME"), "share the messages with all who read under this group's name"),
      Option(
        .lease,
        .duration,
        "with --group: messages that a member has held for so long without printing them go to another; without it only those of a member that has ended"
      ),
      Option(
        .from,
        .choice(["start", "new"]),
        "where to begin: all that is retained, or only what comes [default: new; with a name its own place, else start]"
      ),
      Option(.count, short: "n", .count(1...Int.max), "end after so many messages"),
      Option(.wait, short: "w", .duration, "end when nothing came for so long; with -n unfulfilled the status is 3"),
      Option(.type, .choice(["request", "response", "event"]), "only messages of this type"),
      Option(
        .method,
        short: "m",
        .text("PATTERN"),
        isRepeatable: true,
        "only these methods or event names; * stands for anything, may be repeated"
      ),
      .side("backend"),
    ] + Option.security + [.json, .quiet],
    notes: [
      "Each message is one JSON object on one line, as it stands in the channel. When messages are missing, the standard error says which and why; with --json an object with the key \"gap\" stands in their place too.",
      "Where nothing may be written it is a monitor: it prints what Transom programs and 1.0 programs send, changes nothing, and has no name or group.",
      "A named reader or group passes over what --type and --method leave out: it is acknowledged, not kept for later.",
      "By a URL it prints what whoever listens there says, and tells of each event, by a line {\"ack\":\"ID\"}, that it is printed. Requests are printed, and refused at once.",
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    if invocation.has(.reader), invocation.has(.group) {
      throw UsageError(
        "--reader and --group do not go together",
        hint: "a group shares its messages, a reader gets all"
      )
    }
    guard invocation.has(.group) || !invocation.has(.lease) else {
      throw UsageError("--lease is for --group alone", hint: "a reader shares its messages with nobody")
    }
    let side = invocation.side ?? .backend
    let channel = try invocation.openChannel(as: side)
    let isJSON = invocation.has(.json)
    let source = try MessageSource(invocation, channel) { gap in
      around.warn("\(gap) (reading goes on behind it)")
      // In its place: this is called between one message and the next, by the thread that prints. It may be long until
      // the next one; and what cannot be written now cannot be written then either, which ends the program.
      if isJSON { try? around.output.addLine(line(gap)) }
      try? around.output.flush()
    }
    around.interruption.beforeEnd {
      source.close()
      channel.close()
    }
    around.interruption.endWithReader(of: around.output)
    around.say(try greeting(invocation, side, isMonitor: channel.isMonitor))
    // Also when nobody reads our output any more: what was acknowledged so far is written.
    defer {
      source.close()
      channel.close()
    }
    return try MessagePrinting(invocation, around, from: source).run()
  }

  private static func greeting(_ invocation: Invocation, _ side: Side, isMonitor: Bool) throws -> String {
    var name = ""
    if let reader = invocation.text(.reader) { name = " under the name \"\(reader)\"" }
    if let group = invocation.text(.group) { name = " as a member of the group \"\(group)\"" }
    let place = try invocation.directory
    if isMonitor { name = ", as a monitor that changes nothing," }
    return "listening as \(side.rawValue)\(name) for what the \(side.other.rawValue) sends through \(place)"
  }

  private static func line(_ gap: Gap) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("gap")
    writer.beginObject()
    writer.key("reason")
    writer.string(gap.reason.rawValue)
    if let numbers = gap.numbers {
      writer.key("first")
      writer.integer(numbers.lowerBound)
      writer.key("last")
      writer.integer(numbers.upperBound)
    }
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }
}

extension Verb.Name {
  package static let listen = Self(rawValue: "listen")
}
