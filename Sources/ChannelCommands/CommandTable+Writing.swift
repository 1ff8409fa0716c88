// The verbs that make a channel and write to it.

extension CommandTable {
  static let directory = Operand(.directory, .directory, "the channel's directory")
  static let payload = Operand(
    .json,
    .json,
    isOptional: true,
    "the payload: literally, @FILE, or - for the standard input [default: null]"
  )

  static let json = Option(.json, .none, "print one JSON object a line")
  static let quiet = Option(.quiet, short: "q", .none, "say nothing on the standard error but errors")

  static func side(_ standard: String) -> Option {
    Option(.as, .choice(["backend", "frontend"]), standard: standard, "the side that you are")
  }

  /// What every verb takes that writes messages.
  static let writing = [
    Option(
      .durability,
      .choice(["process", "power", "power-window"]),
      standard: "process",
      "what sent messages survive: any crash of a process, or power loss too; power-window is refused by this version"
    ),
    Option(.lockTimeout, .duration, standard: "6s", "wait so long for a lock, or for room"),
    Option(
      .visibility,
      .duration,
      "when 1.0 programs must see it; refused by this version, which shows them nothing yet"
    ),
  ]

  static let initialize = Verb(
    .`init`,
    "make a channel",
    examples: [
      Verb.Example("transom init /dev/shm/demo", "make a channel in memory and print its path"),
      Verb.Example("dir=$(transom init \"$XDG_RUNTIME_DIR/ui\")", "keep the path for later"),
    ],
    operands: [Operand(.directory, .directory, "where it is to be; the directory above must be there")],
    options: [json],
    notes: [
      "A new directory gets mode 0700 and appears whole; one that is there keeps its mode. A channel that is there already stays as it is, and its path is printed all the same."
    ]
  )

  static let send = Verb(
    .send,
    "send an event",
    examples: [
      Verb.Example("transom send /dev/shm/demo --event saved '{\"file\":\"a.txt\"}'", "one event, with a payload"),
      Verb.Example("transom send /dev/shm/demo --event config @config.json", "the payload from a file"),
      Verb.Example(
        "tail -f app.log | transom send /dev/shm/demo --event log --stdin --text",
        "each line as it comes, as text"
      ),
      Verb.Example("transom send /dev/shm/demo --event tick --count 1000 -q", "many of the same"),
    ],
    operands: [directory, payload],
    options: [
      Option(.event, short: "e", .text("NAME"), isRequired: true, "the event's name"),
      Option(.count, short: "n", .count(1...Int.max), standard: "1", "send it so many times"),
      Option(.stdin, .none, "send one event for each line of the standard input, as they come"),
      Option(.text, .none, "the payload is text and no JSON: it is sent as a JSON string"),
      side("frontend"),
    ] + writing + [json, Option(.quiet, short: "q", .none, "do not print the ids")],
    notes: [
      "The id of each message is printed when it is in the journal; -q leaves that out.",
      "With --stdin the lines that are there at once go as one batch of up to 256. A line that is no JSON ends the program; the message says which line it was, and those before it are sent.",
    ]
  )

  static let request = Verb(
    .request,
    "send a request and print the answer",
    examples: [
      Verb.Example("transom request /dev/shm/demo getUser '{\"id\":7}'", "print the payload of the answer"),
      Verb.Example(
        "transom request /dev/shm/demo render @scene.json --timeout 2m > image.json",
        "an answer that takes its time"
      ),
      Verb.Example("echo '[1,2,3]' | transom request /dev/shm/demo sum -", "the payload from the standard input"),
    ],
    operands: [directory, Operand(.method, .text, "what is asked for"), payload],
    options: [
      Option(.timeout, short: "t", .duration, standard: "5s", "wait so long for the answer"),
      side("frontend"),
    ] + writing + [json, quiet],
    notes: [
      "On a terminal the payload is indented, in a pipe and with --json it stands on one line.",
      "When the other side answers with an error, its text goes to the standard error and the status is 1. After a time-out, 3, the request is still in the channel: a responder that starts within 30 s may run it.",
    ]
  )
}
