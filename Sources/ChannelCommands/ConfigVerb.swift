// transom config

internal import ChannelAdmin
internal import Transom

enum ConfigVerb: VerbProgram {
  static let name = Verb.Name.config

  static let row = Verb(
    .config,
    "show the daemon's configuration",
    examples: [
      Verb.Example("transom config show", "every key, with where its value came from"),
      Verb.Example("transom config show --json | jq .", "the same for a program"),
    ],
    operands: [Operand(.action, .choice(["show"]), "what to do")],
    options: [.json, .socket],
    notes: [
      "It is what holds in the daemon that runs, as TOML that transomd would take; the files may say something else by now. Without a daemon, transomd --check tells whether the files are right."
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let place = try invocation.daemonPlace
    let text: String
    do throws(ChannelError) {
      text = try RunningDaemon(place).configuration(invocation.has(.json) ? .json : .toml)
    } catch {
      guard error.code == .noChannel else { throw error }
      throw ChannelError(
        error.code,
        at: error.path,
        error.what,
        hint: "\(AdminClient.hint); without one, transomd --check reads the files"
      )
    }
    let harmless = HarmlessText.text(text, keeping: ["\n", "\t"])
    try around.output.add(harmless.hasSuffix("\n") ? harmless : harmless + "\n")
    try around.output.flush()
    return 0
  }
}

extension Verb.Name {
  package static let config = Self(rawValue: "config")
}
