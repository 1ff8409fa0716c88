// The table that everything about the command line is made from.

internal import ChannelMessages

/// All verbs and their arguments: parsing, help, completions and manual pages come from here.
package struct CommandTable: Hashable, Sendable {
  package static let program = "transom"
  package static let version = ProgramVersion.text
  package static let summary = "messages between programs through a directory"

  package let verbs: [Verb]
  /// What every verb takes, and what may stand before it.
  package let commonOptions: [Option]

  package init(verbs: [Verb], commonOptions: [Option]) {
    self.verbs = verbs
    self.commonOptions = commonOptions
  }

  /// Every verb of this program, in the order in which help shows them.
  static let programs: [any VerbProgram.Type] = [
    InitVerb.self,
    SendVerb.self,
    RequestVerb.self,
    RespondVerb.self,
    ListenVerb.self,
    BridgeVerb.self,
    WatchVerb.self,
    ReaderVerb.self,
    InspectVerb.self,
    DoctorVerb.self,
    ClearVerb.self,
    StatusVerb.self,
    TopVerb.self,
    TraceVerb.self,
    DeadVerb.self,
    ReloadVerb.self,
    ConfigVerb.self,
    CompletionsVerb.self,
    ManVerb.self,
    HelpVerb.self,
  ]

  /// The table of this program.
  package static let standard = CommandTable(
    verbs: programs.map { $0.row },
    commonOptions: [
      Option(
        .color,
        .choice(["auto", "always", "never"]),
        standard: "auto",
        "colours; auto: on a terminal, unless NO_COLOR is set"
      ),
      Option(.help, short: "h", .none, "print this"),
      Option(.version, short: "V", .none, "print the version"),
    ]
  )

  /// The verb that is written so; nil when there is none.
  func verb(named name: String) -> Verb? { verbs.first { $0.name.rawValue == name } }

  /// What the program ends with, and what that means.
  package static let exitStatuses: [(status: String, means: String)] = [
    ("0", "done"),
    ("1", "the other side answered with an error"),
    ("2", "the command line or the JSON is wrong"),
    ("3", "timed out"),
    ("4", "no such channel, reader, peer or daemon"),
    ("5", "somebody holds a lock or the reader's name"),
    ("6", "files of the channel are damaged"),
    ("7", "refused: rights, policy, or the system failed"),
    ("8", "the journal is full of what a reader has not read"),
    ("9", "accepted, not yet shown to 1.0 programs or flushed: do not repeat"),
    ("130, 143", "ended by SIGINT or SIGTERM, everything acknowledged written"),
    ("141", "nobody reads the output any more, as behind head -1"),
  ]

  /// What holds for all verbs, in whole sentences.
  package static let notes = [
    "DIR is a channel's directory, made by transom init. Two sides talk through it, the backend and the frontend: send and request are the frontend unless --as says otherwise, respond and listen the backend, so that two terminals meet.",
    "JSON is a value literally, @FILE for what a file holds, or - for the standard input. Durations are written 500ms, 5s, 2m.",
    "status, top, trace, dead, reload and config ask the daemon transomd, by its Unix socket: that of the user's own daemon, unless --socket or TRANSOM_SOCKET names another. It answers its own user and root alone.",
    "Data goes to the standard output, talk and errors to the standard error, always as text. --json makes all data one JSON object a line.",
  ]
}
