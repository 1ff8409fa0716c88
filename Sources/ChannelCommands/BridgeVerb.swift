// transom bridge

/// Its work is `transom-bridge`'s, which this program becomes: what secures sockets takes longer to load than all other verbs
/// take for their work.
enum BridgeVerb: VerbProgram {
  static let name = Verb.Name.bridge
  static let row = Verb(
    .bridge,
    "join a channel and a socket",
    examples: [
      Verb.Example(
        "transom bridge /dev/shm/demo tcp:127.0.0.1:7000",
        "what the frontend asks and tells goes to whoever listens there"
      ),
      Verb.Example(
        "transom bridge /dev/shm/demo unix:/run/demo.sock --listen",
        "others connect, and are the backend together"
      ),
      Verb.Example(
        "transom bridge /dev/shm/demo unix:@demo --listen --in 'db.* -> store.{1}'",
        "others ask and tell only this, and the channel gets it by other names"
      ),
      Verb.Example(
        "transom bridge ./here 'exec:ssh desk transom bridge ./there stdio:' --as frontend",
        "two channels on two machines are one"
      ),
      Verb.Example(
        "transom bridge ./here wss://example.org/channels/demo/socket --ack peer --token ~/token",
        "the same by the door of a bridge there"
      ),
    ],
    operands: [
      .directory,
      Operand(
        .url,
        .text,
        "the other end: unix:PATH, unix:@NAME, tcp:HOST:PORT, tls:HOST:PORT; a WebSocket: ws://HOST:PORT/PATH, wss://HOST/PATH; without sockets: fifo:IN,OUT, mq:/IN,/OUT, stdio:, 'exec:COMMAND ARG...'; for browsers and services http://HOST:PORT, https://HOST:PORT, http:/PATH"
      ),
    ],
    options: [
      Option(.listen, short: "l", .none, "listen there, in place of connecting again and again"),
      Option(.peers, .count(1...10_000), standard: "100", "with --listen: let in so many at once"),
      Option(
        .connections,
        .count(1...1_000),
        standard: "1",
        "without --listen: open so many connections while there is enough to ask; several answer requests at once, events go over the first"
      ),
      Option(
        .unprotected,
        .none,
        "with --listen: also where other machines can connect, though nobody is asked who he is"
      ),
      Option(
        .cert,
        .text("FILE"),
        "for tls:, wss: and https: the own certificate and those that lead to it, in PEM; to listen one is needed"
      ),
      Option(.key, .text("FILE"), "the key of that certificate"),
      Option(
        .ca,
        .text("FILE"),
        "for tls:, wss: and https: who is believed about the other end [default: connecting, whom the system trusts; listening, anybody is let in]"
      ),
      Option(
        .token,
        .text("FILE"),
        "for http: only those are let in who show a token of this file: NAME TOKEN [EXPIRY] a line; for ws: the token that is shown there, which stands in this file alone"
      ),
      Option(
        .origin,
        .text("ORIGIN"),
        isRepeatable: true,
        "for http: also pages of this origin may come there; like https://example.org"
      ),
      .side("backend"),
      Option(
        .out,
        .text("PATTERN"),
        isRepeatable: true,
        "only these methods and events of the channel; * stands for anything, PATTERN -> NAME renames [default: *]"
      ),
      Option(
        .in,
        .text("PATTERN"),
        isRepeatable: true,
        "only these methods and events of the other end; as with --out [default: *]"
      ),
      Option(
        .ack,
        .choice(["written", "peer"]),
        standard: "written",
        "when an event is done with: its bytes are out, or the other end has said so"
      ),
      Option(
        .name,
        .text("NAME"),
        standard: "socket",
        "the bridge's name: under it events are kept while nobody is connected"
      ),
      Option(.timeout, short: "t", .duration, standard: "30s", "wait so long for an answer"),
      .quiet,
    ],
    notes: [
      "The bridge is one side of the channel, and whoever is at the other end of the socket takes its place. Each line there is one message: {\"id\": \"1\", \"type\": \"request\", \"method\": \"sum\", \"payload\": [1, 2]}, answered by {\"type\": \"response\", \"reply_to\": \"1\", \"payload\": 3}; \"id\", \"timestamp\" and \"payload\" may be left out.",
      "A WebSocket is spoken with as a door of another bridge speaks it, whose path is /channels/NAME/socket: a message is a text. With --ack peer the door keeps events by the reader's name that --name says. fifo:IN,OUT reads IN and writes OUT, and makes them where they are missing; the other end has them the other way round, and so it is with mq:/IN,/OUT, two POSIX message queues with a message in each of theirs. exec: runs a command, without a shell, and again whenever it ends; quotes and backslashes hold words together. stdio: is the bridge's own standard input and output, and the bridge ends with its input, once all is answered.",
      "Of several who are connected the one with the fewest requests to answer gets the next, and all get the events of the time in which they are there. Who is connected to gets those that were sent meanwhile too. With --ack peer an event is kept for him, and told again after a new connection, until a line {\"ack\":\"ID\"} has come, and the same line tells that an event of theirs is in the journal; one that is sent again under its id does not come twice.",
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    preconditionFailure("it has an address, and so this program has become the other one before")
  }
}

extension Verb.Name {
  package static let bridge = Self(rawValue: "bridge")
}
