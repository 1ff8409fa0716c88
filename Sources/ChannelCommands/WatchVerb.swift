// transom watch

internal import ChannelAdmin
internal import ChannelMessages
internal import LinuxIO
internal import Synchronization
internal import Transom

/// Looks for channels again and again, and follows each that is there.
final class WatchVerb: VerbProgram, Sendable {
  static let name = Verb.Name.watch
  static let row = Verb(
    .watch,
    "follow every channel below a directory",
    examples: [
      Verb.Example("transom watch /run/app", "everything that comes from now on, through whichever channel"),
      Verb.Example("transom watch", "the same below the roots of the daemon that runs"),
      Verb.Example("transom watch . --type event --json | jq .message.payload", "for a program"),
      Verb.Example("transom watch /run/app --exec ./handle", "./handle gets each payload, and nothing is missed"),
      Verb.Example(
        "transom watch /run/app --as backend --method 'build.*' --jobs 2 --exec make -C site",
        "what backends are asked to build, two channels at once"
      ),
    ],
    operands: [
      Operand(
        .root,
        .directory,
        isOptional: true,
        "the directory below which the channels are, or one of them itself; without it the daemon's roots"
      )
    ],
    options: [
      Option(
        .exec,
        .command,
        "run this for each message, with the payload on its standard input; all words that follow are its own"
      ),
      Option(
        .reader,
        short: "r",
        .text("NAME"),
        "the name under which --exec reads: a restart goes on where it was [default: watch]"
      ),
      Option(
        .from,
        .choice(["start", "new"]),
        standard: "start",
        "where a name of --exec begins in a channel that it has never read: all that is retained, or only what comes"
      ),
      Option(.jobs, short: "j", .count(1...16), standard: "4", "run commands for so many channels at once"),
      Option(.as, .choice(["backend", "frontend"]), "only what is sent to this side, instead of both directions"),
      Option(.type, .choice(["request", "response", "event"]), "only messages of this type"),
      Option(
        .method,
        short: "m",
        .text("PATTERN"),
        isRepeatable: true,
        "only these methods or event names; * stands for anything, may be repeated"
      ),
      .json,
      .quiet,
      .socket,
    ],
    notes: [
      "Each message is printed on one line, with the channel and the direction that it came by; or, with --exec, a command is run for it.",
      "A directory with a file .channel_info is a channel. The directories below ROOT are looked through once a second, or less often where that takes long, so a channel that appears is found within a second, and what it holds by then is printed too; symbolic links are not followed. The messages themselves are noticed as everywhere, by inotify where that can be. A channel that is broken or taken away is told, tried again and keeps nobody else waiting; the program runs until it is interrupted, or nobody reads what it prints. It takes some 25 open files for each channel, and raises its limit of open files as far as the system allows.",
      "The command finds the message in TRANSOM_CHANNEL (the path), TRANSOM_DIRECTION, TRANSOM_TYPE, TRANSOM_METHOD and TRANSOM_ID. Status 0 says that it is dealt with; 75 asks for it again, after 1 s at first and 60 s at last, while what follows in that direction waits. With any other status the message is set aside: it is printed on the standard error with the reason, counted and acknowledged, and kept nowhere else in this version. Commands for one channel follow each other. What was begun and not ended when the program ends is run again at the next start.",
      "With --json each message is an object with its channel and direction. With --exec it is printed once the command has ended, with how it has ended; without --json only what the commands print is printed. With --exec a message that --type or --method leave out counts as dealt with.",
    ]
  )

  private let roots: [String]
  private let setting: ChannelWatch.Setting
  private let around: Surroundings
  private let isJSON: Bool
  private let wake: WakeDescriptor
  private let failure: FirstFailure
  private let watches = Mutex<[String: (identity: ChannelSearch.Identity, watch: ChannelWatch)]>([:])
  /// Channels are looked for this often …
  private static let interval = Duration.seconds(1)
  /// … unless looking takes more than one part in so many of the time.
  private static let restFactor = 20

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let roots = try roots(invocation)
    // Each channel that is read takes some 25 open files.
    DescriptorLimit.raise()
    let words = invocation.texts(.exec)
    if words.isEmpty, let option = [Option.Name.reader, .from, .jobs].first(where: { invocation.has($0) }) {
      throw UsageError("--\(option.rawValue) is for --exec alone", hint: "without a command nothing is kept")
    }
    try WatchVerb(roots, words, invocation, around).run()
  }

  /// The directory that was given, or those of the daemon.
  private static func roots(_ invocation: Invocation) throws(ChannelError) -> [String] {
    let given = invocation.operand(.root)
    if given.isEmpty {
      let daemon = try invocation.daemon()
      let roots = try daemon.status().roots.map(\.path)
      guard roots.isEmpty else { return roots }
      throw ChannelError(.noChannel, at: daemon.place.path, "the daemon has no root", hint: "name a directory")
    }
    guard let root = WholePath.of(given) else {
      let path = try invocation.path(in: .root)
      throw ChannelError(.noChannel, at: path, "there is no such directory", hint: "look at the path")
    }
    do throws(FileError) {
      _ = try Directory.open(root)
    } catch {
      throw ChannelError(error, at: root)
    }
    return [root]
  }

  private init(_ roots: [String], _ words: [String], _ invocation: Invocation, _ around: Surroundings) throws {
    let wake = try WakeDescriptor()
    let failure = FirstFailure()
    let isJSON = invocation.has(.json)
    let report = WatchReport(around, isJSON: isJSON) { error in
      failure.set(error)
      wake.signal()
    }
    var command: MessageCommand?
    if let name = words.first {
      guard let program = ProgramSearch.find(name) else {
        throw UsageError("there is no program \"\(name)\"", hint: "give its path, or look at PATH")
      }
      command = MessageCommand(
        Command(program: program, words: words, passesErrors: true),
        limit: invocation.count(.jobs) ?? 4
      ) { report.pass($0) }
    }
    self.roots = roots
    self.around = around
    self.isJSON = isJSON
    self.wake = wake
    self.failure = failure
    setting = ChannelWatch.Setting(
      report: report,
      filter: MessageFilter(invocation),
      sides: invocation.side.map { [$0] } ?? [.backend, .frontend],
      command: command,
      reader: command == nil ? nil : invocation.text(.reader) ?? "watch",
      from: invocation.text(.from) == "new" ? .now : .start
    )
  }

  /// Looks and follows until something ends the program.
  private func run() throws -> Never {
    around.interruption.beforeEnd { [self] in end() }
    // A command need not print anything: then nobody has to be there to read it.
    if setting.command == nil || isJSON { around.interruption.endWithReader(of: around.output) }
    var searches = roots.map { ChannelSearch($0) }
    var isFirst = true
    while true {
      let begin = ContinuousClock.now
      var channels: [String: ChannelSearch.Identity] = [:]
      for place in searches.indices {
        let look = searches[place].look()
        for trouble in look.troubles { setting.report.warn(trouble) }
        // One root may lie below another.
        channels.merge(look.channels) { first, _ in first }
      }
      follow(channels, areNew: !isFirst)
      if isFirst { around.say(greeting(channels.count)) }
      isFirst = false
      let spent = begin.duration(to: .now)
      _ = try Readiness.wait(on: [wake.number], for: max(Self.interval, spent * Self.restFactor))
      around.interruption.parkIfEnding()
      if let error = failure.first {
        end()
        throw error
      }
    }
  }

  private func greeting(_ count: Int) -> String {
    let channels = count == 0 ? "no channel yet" : count == 1 ? "1 channel" : "\(count) channels"
    let name = setting.reader.map { " under the name \"\($0)\"" } ?? ""
    return "watching \(channels) below \(roots.joined(separator: " and "))\(name)"
  }

  /// Begins with channels that were not there before, and ends with those that are there no longer.
  private func follow(_ channels: [String: ChannelSearch.Identity], areNew: Bool) {
    let (gone, fresh) = watches.withLock { watches in
      let gone = watches.filter { channels[$0.key] != $0.value.identity }
      for path in gone.keys { watches[path] = nil }
      let moved = Set(gone.values.map(\.identity))
      var fresh: [(watch: ChannelWatch, isNew: Bool)] = []
      for (path, identity) in channels where watches[path] == nil {
        let watch = ChannelWatch(path, label: label(of: path), setting)
        watches[path] = (identity, watch)
        fresh.append((watch, areNew && !moved.contains(identity)))
      }
      return (gone.values.map(\.watch), fresh)
    }
    // First, so that no message of a channel that was moved comes between the two.
    for (watch, isNew) in fresh { watch.start(isNew: isNew) }
    for watch in gone { watch.close() }
  }

  /// A channel's path below the root; the whole of it where there are several.
  private func label(of path: String) -> String {
    guard roots.count == 1, let root = roots.first else { return path }
    if path == root { return "." }
    return String(path.dropFirst(root == "/" ? 1 : root.count + 1))
  }

  private func end() {
    setting.command?.end()
    for (_, watch) in watches.withLock({ $0.values.map { $0 } }) { watch.close() }
  }
}

extension Verb.Name {
  package static let watch = Self(rawValue: "watch")
}
