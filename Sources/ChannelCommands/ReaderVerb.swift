// transom reader

internal import ChannelMessages
internal import ChannelModel
internal import Transom

enum ReaderVerb: VerbProgram {
  static let name = Verb.Name.reader
  static let row = Verb(
    .reader,
    "list, drop or reset durable readers",
    examples: [
      Verb.Example("transom reader list /dev/shm/demo", "who reads, how far behind, who holds the name"),
      Verb.Example(
        "transom reader drop /dev/shm/demo worker",
        "one that will not come back; the journal is kept for it no longer"
      ),
      Verb.Example("transom reader reset /dev/shm/demo worker --from new", "skip all that it has not read"),
    ],
    operands: [
      Operand(.action, .choice(["list", "drop", "reset"]), "what to do"),
      .directory,
      Operand(.reader, .text, isOptional: true, "the reader, for drop and reset"),
    ],
    options: [
      Option(.from, .choice(["start", "new"]), "for reset: all that is retained again, or only what comes"),
      Option(.as, .choice(["backend", "frontend"]), "the side that the reader is on [default: both are looked at]"),
      .json,
    ],
    notes: ["A reader or group that a program holds is neither dropped nor reset: end the program first."]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let name = invocation.operand(.reader)
    let action = invocation.operand(.action)
    let place = invocation.text(.from)
    guard action == "reset" || place == nil else {
      throw UsageError("--from is for reset alone", hint: invocation.verb.usage)
    }
    if action == "list" {
      guard name.isEmpty else { throw UsageError("list takes no name", hint: "it shows all readers") }
      return try list(invocation, around)
    }
    guard !name.isEmpty else { throw UsageError("NAME is missing", hint: "which reader? see transom reader list") }
    guard action == "drop" || place != nil else {
      throw UsageError("--from is missing", hint: "--from start reads all that is kept again, --from new skips it")
    }
    let reader: ReaderName
    do {
      reader = try ReaderName(name)
    } catch {
      throw UsageError("\"\(name.prefix(80))\" is no reader's name", hint: error.rule)
    }
    let inspector = try ChannelInspector(try invocation.directory)
    let direction = try find(name, invocation, inspector)
    let registry = try inspector.registry(of: direction)
    if action == "drop" {
      try registry.drop(reader)
      around.say("dropped \(name) on the \(direction.reader.rawValue)'s side")
    } else {
      try registry.reset(reader, to: place == "new" ? .new : .start)
      around.say(
        "\(name) on the \(direction.reader.rawValue)'s side now begins \(place == "new" ? "with what comes" : "at what is kept")"
      )
    }
    return 0
  }

  private static func list(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let inspector = try ChannelInspector(try invocation.directory)
    var readers: [ReaderState] = []
    for direction in Direction.allCases where invocation.side == nil || direction.reader == invocation.side {
      readers += try inspector.readers(of: direction)
    }
    if invocation.has(.json) {
      for reader in readers {
        var writer = JSONWriter()
        reader.write(to: &writer)
        try around.output.addLine(writer.bytes)
      }
    } else if readers.isEmpty {
      around.say("there is no reader")
    } else {
      try around.output.add(ReaderState.table(readers, style: around.style))
    }
    try around.output.flush()
    return 0
  }

  /// The direction in which the reader is; a name may be in both, which has to be told apart.
  private static func find(_ name: String, _ invocation: Invocation, _ inspector: ChannelInspector) throws -> Direction
  {
    if let side = invocation.side { return Direction(writtenBy: side.other) }
    var found: [Direction] = []
    for direction in Direction.allCases
    where try inspector.readers(of: direction).contains(where: { $0.name == name && $0.kind != .listener }) {
      found.append(direction)
    }
    guard found.count < 2 else {
      throw UsageError("both sides have a reader \"\(name)\"", hint: "say which: --as backend or --as frontend")
    }
    guard let direction = found.first else {
      let path = inspector.folder.path
      let list = "see transom reader list \(ShellWord.quoted(path))"
      throw ChannelError(.noReader, at: path, "no reader of either side has the name \"\(name)\"", hint: list)
    }
    return direction
  }
}

extension Verb.Name {
  package static let reader = Self(rawValue: "reader")
}
