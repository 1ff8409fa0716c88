// transom init

internal import ChannelMessages
internal import LinuxIO
internal import Transom

enum InitVerb: VerbProgram {
  static let name = Verb.Name.initialize
  static let row = Verb(
    .initialize,
    "make a channel",
    examples: [
      Verb.Example("transom init /dev/shm/demo", "make a channel in memory and print its path"),
      Verb.Example("dir=$(transom init \"$XDG_RUNTIME_DIR/ui\")", "keep the path for later"),
    ],
    operands: [Operand(.directory, .directory, "where it is to be; the directory above must be there")],
    options: [.json],
    notes: [
      "A new directory gets mode 0700 and appears whole; one that is there keeps its mode. A channel that is there already stays as it is, and its path is printed all the same."
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let given = invocation.operand(.directory)
    var options = ChannelOptions(creation: .never)
    let isNew: Bool
    do {
      try Channel(at: given, as: .backend, options: options).close()
      isNew = false
    } catch let error as ChannelError where error.code == .noChannel {
      // A channel waits where it may not be made; whoever asks for one wants to know why.
      _ = try ChannelFolder.open(given, options: ChannelFolder.Options())
      options.creation = .ifMissing
      try Channel(at: given, as: .backend, options: options).close()
      isNew = true
    }
    let path = WholePath.of(given) ?? given
    if invocation.has(.json) {
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("path")
      writer.string(path)
      writer.key("new")
      writer.boolean(isNew)
      writer.endObject()
      try around.output.addLine(writer.bytes)
    } else {
      try around.output.addLine(Array(path.utf8))
    }
    try around.output.flush()
    if !isNew { around.say("there was a channel already, and it stays as it is") }
    return 0
  }
}

extension Verb.Name {
  package static let initialize = Self(rawValue: "init")
}
