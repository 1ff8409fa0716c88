// transom dead

internal import ChannelAdmin
internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import Transom

enum DeadVerb: VerbProgram {
  static let name = Verb.Name.dead

  static let row = Verb(
    .dead,
    "list, show, retry or drop dead letters",
    examples: [
      Verb.Example("transom dead list", "the messages that handlers could not be done with"),
      Verb.Example("transom dead show 17", "what went wrong with one, and the message itself"),
      Verb.Example("transom dead retry --method build", "give all of a kind to their handlers once more"),
      Verb.Example("transom dead drop --all", "forget them"),
    ],
    operands: [
      Operand(.action, .choice(["list", "show", "retry", "drop"]), "what to do"),
      Operand(.letter, .text, isOptional: true, "the letter: its number, or its message's id or how that begins"),
    ],
    options: [
      Option(.all, .none, "for retry and drop: all letters there are, or all that the filters leave"),
      Option(.channel, .text("DIR"), "only letters of this channel"),
      Option(.method, short: "m", .text("METHOD"), "only letters of this method or event name"),
      Option(.count, short: "n", .count(1...Int.max), "for list: the newest so many"),
      .json, .quiet, .socket,
    ],
    notes: [
      "An event becomes a dead letter when its handler failed, or wanted it later as often as its setting allows; a request does not, since whoever asked is answered. It is kept with its bytes until it is dropped, or grows too old for the daemon's ledger.",
      "retry gives a letter's message to the handler that would get it today; when it is dealt with, the letter is gone, and when it fails again it stays, with the error of this time.",
    ]
  )

  /// So many letters are asked for at once.
  private static let pageLength = 500

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let letter = invocation.operand(.letter)
    let action = invocation.operand(.action)
    let selection = try selection(invocation)
    let isFiltered = selection.channel != nil || selection.method != nil
    guard action == "list" || !invocation.has(.count) else {
      throw UsageError("--count is for list alone", hint: invocation.verb.usage)
    }
    switch action {
    case "list":
      guard letter.isEmpty else { throw UsageError("list takes no letter", hint: "transom dead show \(letter)") }
      try list(selection, try invocation.daemon(), invocation, around)
    case "show":
      guard !letter.isEmpty else { throw UsageError("LETTER is missing", hint: "which one? see transom dead list") }
      guard !isFiltered, !invocation.has(.all) else {
        throw UsageError("show takes one letter and nothing else", hint: invocation.verb.usage)
      }
      try show(letter, try invocation.daemon(), invocation, around)
    default:
      let choice: LetterChoice
      if letter.isEmpty {
        guard isFiltered || invocation.has(.all) else {
          throw UsageError("which letters?", hint: "LETTER, --channel, --method or --all")
        }
        choice = .all(selection)
      } else {
        guard !isFiltered, !invocation.has(.all) else {
          throw UsageError("a letter is one, and the options mean many", hint: "write one or the other")
        }
        choice = .one(letter)
      }
      try change(choice, isRetry: action == "retry", try invocation.daemon(), invocation, around)
    }
    return 0
  }

  private static func selection(_ invocation: Invocation) throws -> LetterSelection {
    let channel = try invocation.text(.channel).map { word in
      // The daemon knows channels by their whole paths. One that is gone is spelled as it was.
      try WholePath.of(word)
        ?? ChannelError.calls(at: word) { () throws(SystemError) in try WholePath.spelled(word) }
    }
    return LetterSelection(channel: channel, method: invocation.text(.method))
  }

  // MARK: List and show

  private static func list(
    _ selection: LetterSelection,
    _ daemon: RunningDaemon,
    _ invocation: Invocation,
    _ around: Surroundings
  ) throws {
    var left = invocation.count(.count) ?? .max
    var after: UInt64?
    var all: [DeadLetter] = []
    while left > 0 {
      let limit = min(left, pageLength)
      let page = try daemon.letters(selection, after: after, limit: limit)
      left -= page.count
      after = page.last?.number
      if invocation.has(.json) {
        for letter in page { try around.output.addLine(JSONWriter.object { letter.write(to: &$0) }) }
      } else {
        all += page
      }
      if page.count < limit { break }
    }
    if !invocation.has(.json) {
      if all.isEmpty {
        around.say("there is no dead letter")
      } else {
        try around.output.add(LetterText.table(all, at: ChannelFolder.wallClock(), style: around.style))
      }
    }
    try around.output.flush()
  }

  private static func show(
    _ name: String,
    _ daemon: RunningDaemon,
    _ invocation: Invocation,
    _ around: Surroundings
  ) throws {
    let (letter, message) = try daemon.letter(name)
    if invocation.has(.json) {
      try around.output.addLine(LetterText.json(letter, message))
    } else {
      try around.output.add(
        LetterText.page(letter, message, at: ChannelFolder.wallClock(), dates: .local, style: around.style)
      )
    }
    try around.output.flush()
  }

  // MARK: Retry and drop

  private static func change(
    _ choice: LetterChoice,
    isRetry: Bool,
    _ daemon: RunningDaemon,
    _ invocation: Invocation,
    _ around: Surroundings
  ) throws {
    let count = try daemon.change(isRetry ? .retry(choice) : .drop(choice))
    if invocation.has(.json) {
      try around.output.addLine(JSONWriter.object { $0.member(isRetry ? "retried" : "dropped", count) })
      try around.output.flush()
    } else {
      let letters = count == 1 ? "1 dead letter" : "\(count) dead letters"
      around.say(isRetry ? "retrying \(letters)" : "dropped \(letters)")
    }
  }
}

extension Verb.Name {
  package static let dead = Self(rawValue: "dead")
}
