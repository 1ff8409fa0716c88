// transom doctor

internal import ChannelAdmin
internal import ChannelMessages
internal import Transom

enum DoctorVerb: VerbProgram {
  static let name = Verb.Name.doctor
  static let row = Verb(
    .doctor,
    "find what is wrong and how to mend it",
    examples: [
      Verb.Example("transom doctor", "limits of inotify and of open files, the clock, and the daemon"),
      Verb.Example("transom doctor /dev/shm/demo", "the same, and the channel: rights, locks, windows, leftovers"),
      Verb.Example(
        "transom doctor /dev/shm/demo --json | jq -r 'select(.fix).fix'",
        "what to do, for a program"
      ),
    ],
    operands: [
      Operand(
        .directory,
        .directory,
        isOptional: true,
        "the channel's directory; without it the machine and the daemon"
      )
    ],
    options: [.json, .socket],
    notes: [
      "Each finding is ok, a note (worth knowing, nothing is wrong), a warning (it goes wrong under circumstances that are named) or a problem (it does not work), and says what to do. The status is 0 when there is no warning and no problem; else 6 when bytes are damaged or unreadable, 7 when rights, limits, clocks or the file system are to blame, and 5 when it is locks alone. Nothing is changed.",
      "Without DIR it is also told whether a daemon runs, and what that complains about: roots, handlers and channels in trouble, readers that are 1000 messages or an hour behind, windows that are written in place, and messages that were missed.",
      "Only what files and the kernel tell can be found: a program that writes a window in place shows by having changed the file that Transom had published, or by a torn window in quarantine, and otherwise not at all; a clock that was set shows by files from the future. Processes of other users are seen by root alone.",
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let isJSON = invocation.has(.json)
    let path = try invocation.directory
    // A path that leads to no channel is told before anything is printed.
    let facts = path.isEmpty ? nil : try ChannelExaminer(path).facts()
    var findings = MachineDiagnosis(.collect()).findings
    try print(findings, about: "this machine", isJSON, around)
    if let facts {
      let found = ChannelDiagnosis(facts).findings
      findings += found
      try print(found, about: facts.path, isJSON, around)
    } else {
      let found = try daemonFindings(invocation)
      findings += found
      try print(found, about: "the daemon", isJSON, around)
    }
    if !isJSON { try around.output.add(verdict(findings, around.style)) }
    try around.output.flush()
    return Finding.exitStatus(of: findings)
  }

  /// What a daemon says, and that there is none; only one that was named has to be there.
  private static func daemonFindings(_ invocation: Invocation) throws -> [Finding] {
    let place = try invocation.daemonPlace
    do throws(ChannelError) {
      let daemon = try RunningDaemon(place)
      return DaemonDiagnosis(try daemon.status(), try daemon.channels(limit: .max), at: place.path).findings
    } catch {
      if error.code == .noChannel, !invocation.has(.socket) { return [DaemonDiagnosis.noDaemon(at: place.path)] }
      return [Finding(.problem, "daemon", "\(error.path): \(error.what)", fix: error.hint)]
    }
  }

  private static func print(
    _ findings: [Finding],
    about place: String,
    _ isJSON: Bool,
    _ around: Surroundings
  ) throws {
    if isJSON {
      for finding in findings { try around.output.addLine(finding.json(about: place)) }
      return
    }
    try around.output.add(around.style(.heading, HarmlessText.text(place)) + "\n")
    let width = around.isForPerson ? Surroundings.width : nil
    for finding in findings { try around.output.add(finding.text(style: around.style, width: width)) }
    try around.output.add("\n")
  }

  /// The last line, which says it all.
  private static func verdict(_ findings: [Finding], _ style: Style) -> String {
    let problems = findings.count { $0.severity == .problem }
    let warnings = findings.count { $0.severity == .warning }
    let notes = findings.count { $0.severity == .note }
    guard problems + warnings + notes > 0 else { return style(.good, "all is well") + "\n" }
    let parts = [(problems, "problem"), (warnings, "warning"), (notes, "note")].filter { $0.0 > 0 }.map { count, word in
      "\(count) \(word)\(count == 1 ? "" : "s")"
    }
    let verdict = parts.joined(separator: ", ")
    guard problems + warnings > 0 else { return style(.good, "nothing to put right") + ", \(verdict)\n" }
    return style(problems > 0 ? .error : .warning, verdict) + "\n"
  }
}

extension Verb.Name {
  package static let doctor = Self(rawValue: "doctor")
}
