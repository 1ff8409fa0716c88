// The verbs that take messages from a channel, and look after it.

extension CommandTable {
  static let respond = Verb(
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
    operands: [directory, Operand(.command, .command, "what is run for each request")],
    options: [
      Option(
        .method,
        short: "m",
        .text("PATTERN"),
        isRepeatable: true,
        "only these methods; * stands for anything, may be repeated [default: *]"
      ),
      Option(.jobs, short: "j", .count(1...16), standard: "16", "run so many at once"),
      side("backend"),
      json,
      quiet,
    ],
    notes: [
      "The command gets the payload on its standard input as one line, and the environment variables TRANSOM_METHOD and TRANSOM_ID. What it prints is the answer; text that is no JSON is sent as a JSON string without its last line feed. Who prints nothing answers null. When it ends with another status than 0 the answer is an error with what it wrote to its standard error. More than 64 MiB of output is an error too.",
      "Requests that no pattern fits are left to other programs. With --json each answered request is reported on the standard output.",
    ]
  )

  static let listen = Verb(
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
    operands: [directory],
    options: [
      Option(
        .reader,
        short: "r",
        .text("NAME"),
        "read under this name: what was printed is acknowledged, and a restart goes on from there"
      ),
      Option(.group, short: "g", .text("NAME"), "share the messages with all who read under this group's name"),
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
      side("backend"),
      json,
      quiet,
    ],
    notes: [
      "Each message is one JSON object on one line, as it stands in the channel. When messages are missing, the standard error says which and why; with --json an object with the key \"gap\" stands in their place too.",
      "A named reader or group passes over what --type and --method leave out: it is acknowledged, not kept for later.",
    ]
  )

  static let reader = Verb(
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
      directory,
      Operand(.reader, .text, isOptional: true, "the reader, for drop and reset"),
    ],
    options: [
      Option(.from, .choice(["start", "new"]), "for reset: all that is retained again, or only what comes"),
      Option(.as, .choice(["backend", "frontend"]), "the side that the reader is on [default: both are looked at]"),
      json,
    ],
    notes: ["A reader or group that a program holds is neither dropped nor reset: end the program first."]
  )

  static let inspect = Verb(
    .inspect,
    "show the state of a channel",
    examples: [
      Verb.Example("transom inspect /dev/shm/demo", "both directions: what waits, who reads, who holds what"),
      Verb.Example("transom inspect /dev/shm/demo --json | jq .directions[].readers", "the same for a program"),
    ],
    operands: [directory],
    options: [json],
    notes: ["Nothing is changed, and no lock is held while it is printed."]
  )

  static let completions = Verb(
    .completions,
    "print completions for a shell",
    examples: [
      Verb.Example("source <(transom completions bash)", "for this shell"),
      Verb.Example("transom completions zsh > ~/.zfunc/_transom", "for zsh, where ~/.zfunc is in fpath"),
      Verb.Example("transom completions fish > ~/.config/fish/completions/transom.fish", "for fish"),
    ],
    operands: [Operand(.shell, .choice(["bash", "zsh", "fish"]), "the shell")]
  )

  static let man = Verb(
    .man,
    "print a manual page",
    examples: [
      Verb.Example("transom man listen | man -l -", "read it"),
      Verb.Example("transom man > transom.1", "the page of the whole program"),
    ],
    operands: [about]
  )

  static let help = Verb(
    .help,
    "print help on a verb",
    examples: [Verb.Example("transom help listen", "the same as transom listen --help")],
    operands: [about]
  )

  private static let about = Operand(
    .verb,
    .choice(Verb.Name.allCases.map(\.rawValue)),
    isOptional: true,
    "the verb; without it the whole program"
  )
}
