// transom send

internal import ChannelMessages
internal import Transom

enum SendVerb: VerbProgram {
  static let name = Verb.Name.send
  static let row = Verb(
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
    operands: [.directoryOrURL, .payload],
    options: [
      Option(.event, short: "e", .text("NAME"), isRequired: true, "the event's name"),
      Option(.count, short: "n", .count(1...Int.max), standard: "1", "send it so many times"),
      Option(.stdin, .none, "send one event for each line of the standard input, as they come"),
      Option(.text, .none, "the payload is text and no JSON: it is sent as a JSON string"),
      .side("frontend"),
    ] + Option.writing + Option.security + [.json, Option(.quiet, short: "q", .none, "do not print the ids")],
    notes: [
      "The id of each message is printed when it is in the journal, also where the status is 9; -q leaves that out.",
      "With --stdin the lines that are there at once go as one batch of up to 256. A line that is no JSON ends the program; the message says which line it was, and those before it are sent.",
      "By a URL an id is printed when its event is out of this program, which ends when the other end has taken all: it says so by leaving as well, or by a line {\"ack\":\"ID\"}. One that says nothing is not waited for longer than 2 s.",
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let sending = try EventSending(invocation, around)
    let channel = try invocation.openChannel(as: invocation.side ?? .frontend)
    let warning =
      "\(channel.path): was interrupted while it was sent, and may be in the channel already"
      + " (look with `transom listen --from start` before you send it again)"
    let reminder = "still sending: somebody may hold a lock, see `transom inspect \(channel.path)`"
    try sending.run(warning: warning, reminder: reminder) { event, payloads in
      try channel.send(contentsOf: payloads.map { .event(event, $0) }).map(EventSending.Sent.init)
    }
    channel.close()
    return 0
  }
}

extension Verb.Name {
  package static let send = Self(rawValue: "send")
}
