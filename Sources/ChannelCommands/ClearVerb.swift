// transom clear

internal import ChannelMessages
internal import ChannelModel
internal import Transom

enum ClearVerb: VerbProgram {
  static let name = Verb.Name.clear
  static let row = Verb(
    .clear,
    "empty both windows",
    examples: [
      Verb.Example("transom clear /dev/shm/demo", "1.0 programs find nothing more to read"),
      Verb.Example("transom clear /dev/shm/demo --lock-timeout 30s", "beside a sender that takes its time"),
    ],
    operands: [.directory],
    options: [
      Option(.lockTimeout, .duration, standard: "6s", "wait so long for a lock"), .json, .quiet,
    ],
    notes: [
      "One window is emptied wholly, then the other. What 1.0 programs wrote is taken over first, so programs that use Transom still get all that they have not read, and their readers keep their places; 1.0 programs that have not read it never will. What is no message goes to quarantine.",
      "With --json one object for each window says how many elements it held just before.",
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    // Which side makes no difference: both directions are emptied.
    let channel = try invocation.openChannel(as: .backend)
    around.interruption.beforeEnd { channel.close() }
    defer { channel.close() }
    let before = try look(channel.path)
    if !invocation.has(.quiet) {
      around.interruption.remind("still waiting: somebody may hold a lock, see `transom inspect \(channel.path)`")
    }
    try channel.clear()
    around.interruption.forgetReminder()
    for (direction, window) in before {
      if invocation.has(.json) {
        try around.output.addLine(line(direction, window))
      } else {
        around.say("emptied \(ChannelLayout.window(direction)) (\(window.text))")
      }
    }
    try around.output.flush()
    return 0
  }

  private static func look(_ path: String) throws -> [(Direction, WindowState)] {
    let folder = try ChannelInspector(path, onlyLooks: true).folder
    return try Direction.allCases.map { direction in
      (direction, try WindowInspector(direction, in: folder.directory, boot: folder.boot).window().state)
    }
  }

  private static func line(_ direction: Direction, _ window: WindowState) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("name")
    writer.string(direction.name)
    writer.key("held")
    if case .elements(let count, _) = window.content { writer.integer(Int64(count)) } else { writer.null() }
    writer.endObject()
    return writer.bytes
  }
}

extension Verb.Name {
  package static let clear = Self(rawValue: "clear")
}
