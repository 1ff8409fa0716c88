import ChannelCommands
import ChannelMessages
import LinuxIO
import Testing

@Suite("What is made of facts about a machine") struct MachineDiagnosisTests {
  private static let begin = MachineFacts.Clocks(wall: .seconds(1_800_000_000), sinceBoot: .seconds(100))
  private static let end = MachineFacts.Clocks(wall: .seconds(1_800_000_001), sinceBoot: .seconds(101))

  private static func facts(_ change: (inout MachineFacts) -> Void = { _ in }) -> MachineFacts {
    var facts = MachineFacts(
      user: 1_000,
      watches: .init(setting: "fs.inotify.max_user_watches", value: 1_000, remedy: "sysctl -w watches=2000"),
      instances: .init(setting: "fs.inotify.max_user_instances", value: 10, remedy: "sysctl -w instances=20"),
      queuedEvents: 16_384,
      usages: [.init(process: 7, name: "editor", user: 1_000, instances: 1, watches: 12)],
      hiddenProcessCount: 0,
      descriptorLimit: 1_024,
      begin: begin,
      end: end
    )
    change(&facts)
    return facts
  }

  private func findings(_ change: (inout MachineFacts) -> Void = { _ in }) -> [Finding] {
    MachineDiagnosis(Self.facts(change)).findings
  }

  private func finding(_ subject: String, _ change: (inout MachineFacts) -> Void) -> Finding? {
    findings(change).first { $0.subject == subject }
  }

  @Test func isGoodWhereNothingIsWrong() {
    let found = findings()
    #expect(found.count == 5)
    #expect(found.allSatisfy { $0.severity == .good && $0.fix == nil })
    #expect(found[0].what == "12 of 1000 used by user 1000; most by editor (process 7) 12")
    #expect(Finding.exitStatus(of: found) == 0)
  }

  @Test(
    arguments: [(799, .good), (800, .warning), (999, .warning), (1_000, .problem), (1_200, .problem)]
      as [(Int, Finding.Severity)]
  )
  func tellsHowNearALimitIs(_ used: Int, _ severity: Finding.Severity) {
    let found = finding("inotify watches") {
      $0.usages = [.init(process: 7, name: "editor", user: 1_000, instances: 1, watches: used)]
    }
    #expect(found?.severity == severity)
    #expect(found?.fix == (severity == .good ? nil : "as root: sysctl -w watches=2000"))
  }

  @Test func namesWhoUsesMostAndCountsOthersApart() {
    let found = findings { facts in
      facts.usages = (1...5).map { .init(process: Int32($0), name: "p\($0)", user: 1_000, instances: 2, watches: $0) }
      facts.usages?.append(.init(process: 9, name: "other", user: 0, instances: 3, watches: 5_000))
      facts.hiddenProcessCount = 4
    }
    let most = "p5 (process 5) 5, p4 (process 4) 4, p3 (process 3) 3"
    #expect(found[0].what == "15 of 1000 used by user 1000; most by \(most)")
    #expect(found[1].severity == .problem, "10 of 10 instances")
    #expect(found[2].what == "5000 watches in 3 instances, counted apart")
    #expect(found[3].severity == .note && found[3].fix?.contains("as root") == true)
  }

  @Test func saysWhatCannotBeKnown() {
    #expect(finding("inotify watches") { $0.usages = nil }?.severity == .note)
    #expect(finding("inotify watches") { $0.watches.value = nil }?.severity == .note)
    #expect(finding("inotify queue") { $0.queuedEvents = nil }?.severity == .note)
  }

  @Test func knowsWhatIsTooLittle() {
    #expect(finding("inotify queue") { $0.queuedEvents = 16 }?.severity == .warning)
    #expect(finding("open files") { $0.descriptorLimit = 64 }?.fix == "ulimit -n 1024")
    #expect(finding("open files") { $0.descriptorLimit = 20_000 }?.what.contains("before its 1,024th file") == true)
    #expect(finding("open files") { $0.descriptorLimit = .max }?.severity == .good)
  }

  @Test func seesAClockThatIsSet() {
    #expect(finding("clock") { $0.end.wall = .seconds(1_800_003_601) }?.what.hasPrefix("it was set by 1 h") == true)
    #expect(finding("clock") { $0.end.wall = .seconds(1_799_999_999) }?.what.hasPrefix("it was set by -2 s") == true)
    #expect(finding("clock") { $0.end.wall += .milliseconds(49) }?.severity == .good)
    #expect(finding("clock") { $0.end.wall = .seconds(5) }?.severity == .problem)
  }
}

@Suite("What is made of facts about a channel") struct ChannelDiagnosisTests {
  private static let window = WindowState(
    .elements(2, unreadable: 0),
    byteCount: 300,
    age: .past(.seconds(1)),
    author: .transom,
    shown: .everything
  )

  private static func part(_ change: (inout ChannelFacts.Part) -> Void = { _ in }) -> ChannelFacts.Part {
    var part = ChannelFacts.Part(window: "backend_to_frontend.json", state: window)
    change(&part)
    return part
  }

  private static func lock(_ verdict: WindowLockState.Verdict, age: FileAge = .past(.seconds(1))) -> WindowLockState {
    WindowLockState(path: "/c/x y.lock", maker: .peer, process: 12, age: age, verdict: verdict)
  }

  private func facts(_ change: (inout ChannelFacts) -> Void = { _ in }) -> ChannelFacts {
    var facts = ChannelFacts(
      path: "/run/ui",
      user: 1_000,
      fileSystem: "tmpfs",
      sight: .everyWriter,
      isFlockKernelWide: true,
      directory: .init(name: "", isDirectory: true, owner: 1_000, group: 1_000, permissions: 0o700)
    )
    facts.files = [.init(name: "backend_to_frontend.json", owner: 1_000, group: 1_000)]
    facts.parts = [Self.part()]
    change(&facts)
    return facts
  }

  /// What is told besides what is good.
  private func told(_ change: (inout ChannelFacts) -> Void) -> [Finding] {
    ChannelDiagnosis(facts(change)).findings.filter { $0.severity != .good }
  }

  private func told(ofPart change: (inout ChannelFacts.Part) -> Void) -> [Finding] {
    told { $0.parts = [Self.part(change)] }
  }

  @Test func isGoodWhereNothingIsWrong() {
    let found = ChannelDiagnosis(facts()).findings
    #expect(found.allSatisfy { $0.severity == .good && $0.fix == nil })
    #expect(found.map(\.subject) == ["file system", "rights", "times", "backend_to_frontend.json", "lock", "orphans"])
  }

  @Test func saysWhatAFileSystemIsWorth() {
    #expect(told { $0.sight = .unsure }.map(\.severity) == [.note])
    #expect(told { $0.isFlockKernelWide = false }.map(\.severity) == [.note])
    let remote = told { ($0.sight, $0.isFlockKernelWide, $0.fileSystem) = (.onlyLocalWriters, false, "nfs") }
    #expect(remote.map(\.severity) == [.warning])
    #expect(Finding.exitStatus(of: remote) == 7)
  }

  @Test func looksAtRights() {
    #expect(told { $0.directory.permissions = 0o755 }.map(\.fix) == ["chmod o-rx /run/ui"])
    #expect(told { $0.directory.permissions = 0o777 }.first?.fix == "chmod o-w /run/ui")
    #expect(told { $0.writingObstacle = "Permission denied" }.first?.severity == .problem)
    let strangers = told { facts in
      for number in 1...5 { facts.files.append(.init(name: "f \(number)", owner: 7, isStrangers: true)) }
    }
    #expect(strangers.count == 1)
    #expect(strangers[0].what.hasPrefix("f 1, f 2, f 3 and 2 more belong to user 7, a stranger here"))
    #expect(strangers[0].fix?.hasPrefix("sudo chown 1000 '/run/ui/f 1' '/run/ui/f 2' '/run/ui/f 3' ...") == true)
    let shared = told { facts in
      facts.directory.permissions = 0o2770
      facts.files = [
        .init(name: "a", group: 1_000, permissions: 0o660), .init(name: "b", group: 1_000, permissions: 0o600),
      ]
    }
    #expect(shared.map(\.severity) == [.note, .warning])
    #expect(shared[1].what.hasSuffix("but b is not for it to write"))
    #expect(told { $0.files[0].permissions = 0o602 }.map(\.severity) == [.warning])
  }

  @Test func findsFilesFromTheFuture() {
    let found = told { $0.files[0].age = .ahead(.seconds(3_600)) }
    #expect(found.map(\.severity) == [.warning])
    #expect(found[0].what.hasPrefix("1 file has a time ahead of the clock, backend_to_frontend.json by 1 h"))
    #expect(told { $0.files[0].age = .ahead(.seconds(1)) }.isEmpty)
  }

  @Test func saysWhyAWindowCannotBeRead() {
    let torn = told(ofPart: { part in
      part.state.content = .torn
      part.state.fault = .init(offset: 17, reason: "the text ends in the middle of a value")
    })
    #expect(torn.map(\.severity) == [.problem])
    #expect(torn[0].what.hasSuffix("the text ends in the middle of a value (byte 17)"))
    #expect(torn[0].fix?.contains("transom clear /run/ui ") == true)
    #expect(Finding.exitStatus(of: torn) == 6)
    let refused = told(ofPart: { $0.state.content = .refused(what: "a FIFO", remedy: "remove it") })
    #expect(refused.map(\.fix) == ["remove it: /run/ui/backend_to_frontend.json"])
    #expect(Finding.exitStatus(of: refused) == 7)
    #expect(told(ofPart: { $0.state = WindowState(.missing) }).map(\.severity) == [.note])
    #expect(told(ofPart: { $0.state.shown = .behind(1) }).map(\.severity) == [.note])
  }

  @Test func tellsAWriterInPlaceFromAClear() {
    let writer = told(ofPart: { $0.state.author = .otherInPlace })
    #expect(writer.map(\.severity) == [.warning] && writer[0].fix?.contains("rename") == true)
    let clear = told(ofPart: { part in
      part.state.author = .otherInPlace
      part.state.content = .elements(0, unreadable: 0)
    })
    #expect(clear.map(\.severity) == [.note])
    let kept = told(ofPart: { $0.quarantine = .init(fileCount: 3, pieceCount: 2, byteCount: 10) })
    #expect(kept.map(\.severity) == [.note, .note])
    #expect(kept[0].what.hasPrefix("2 times what stood in it was no message"))
  }

  @Test(
    arguments: [
      (lock(.held), nil), (lock(.held, age: .past(.seconds(9))), .warning), (lock(.untouched), .warning),
      (lock(.holderIsGone), .warning), (lock(.heldFromFuture, age: .ahead(.seconds(9))), .problem),
      (lock(.obstructed), .problem),
    ] as [(WindowLockState, Finding.Severity?)]
  )
  func judgesLocks(_ lock: WindowLockState, _ severity: Finding.Severity?) {
    let found = told(ofPart: { $0.lock = lock })
    #expect(found.map(\.severity) == (severity.map { [$0] } ?? []))
    #expect(found.allSatisfy { $0.fix != nil && $0.kind == .lock })
    #expect(Finding.exitStatus(of: found) == (severity == nil ? 0 : 5))
    if lock.isStale { #expect(found[0].fix == "rm '/c/x y.lock'") }
  }

  @Test func namesWhoKeepsALock() {
    let found = told(ofPart: { part in
      part.held = [
        .init(path: "/c/lock", process: 5, hasEnded: false),
        .init(path: "/c/project.lock", process: 6, hasEnded: true),
      ]
    })
    #expect(found.map(\.severity) == [.warning, .warning])
    #expect(found[0].fix == "let it go on (kill -CONT 5), or end it (kill 5)")
    #expect(found[1].what.hasPrefix("a child of the ended process 6 keeps") && found[1].fix?.contains("fuser") == true)
  }

  @Test func findsWhatWasLeftBehind() {
    let left = told { facts in
      facts.leftovers = .init(fileCount: 3, byteCount: 900, purposes: ["lock", "read"])
      facts.asides = ["/run/.ui.1f"]
      facts.parts = [Self.part { $0.peerTemporary = .past(.seconds(60)) }]
    }
    #expect(left.map(\.severity) == [.note, .note, .note])
    let fixes = [
      "rm /run/ui/backend_to_frontend.tmp",
      "find /run/ui/.transom/staging -type f ! -name '*.json-*' -mmin +10 -delete",
      "rm -r /run/.ui.1f",
    ]
    #expect(left.map(\.fix) == fixes)
    #expect(left[1].what.hasPrefix("3 files (lock-*, read-*), 900 B, in .transom/staging "), "\(left)")
    #expect(told { $0.leftovers.byteCount = 1 << 30 }.isEmpty)
    #expect(told { $0.leftovers = .init(fileCount: 1, byteCount: 1 << 30) }.map(\.severity) == [.warning])
    let missing = told { $0.missing = ["/run/ui/.transom/staging"] }
    #expect(missing.map(\.severity) == [.note] && missing[0].what.hasPrefix("/run/ui/.transom/staging is missing"))
    #expect(told(ofPart: { $0.peerTemporary = .past(.seconds(1)) }).isEmpty)
  }

  @Test func goesOnWhereFilesAreDamaged() {
    let found = told { facts in
      facts.failures = [.init(what: "/run/ui/.transom/key: broken", fix: "restore it", kind: .damage)]
      facts.isOfTransom = false
    }
    #expect(found.map(\.severity) == [.problem, .note])
    #expect(Finding.exitStatus(of: found) == 6)
  }
}

@Suite("Findings") struct FindingTests {
  private static let finding = Finding(.warning, "lock", "a\u{1B}b is held by somebody", kind: .lock, fix: "rm it")

  @Test func standOnLinesWithTheirFix() {
    #expect(Self.finding.text() == "  warning  lock: a\u{FFFD}b is held by somebody\n           fix: rm it\n")
    #expect(
      Self.finding.text(width: 42)
        == "  warning  lock: a\u{FFFD}b is held by somebody\n           fix: rm it\n"
    )
    #expect(Finding(.good, "x", "y").text() == "  ok       x: y\n")
    let coloured = Finding(.problem, "x", "y").text(style: Style(isColoured: true))
    #expect(coloured == "  \u{1B}[1;31mproblem\u{1B}[0m  x: y\n")
  }

  @Test func areObjectsForPrograms() throws {
    let json = String(decoding: Self.finding.json(about: "/c"), as: UTF8.self)
    _ = try JSONText(validating: Array(json.utf8))
    #expect(
      json
        == #"{"severity":"warning","about":"/c","subject":"lock","what":"a\u001bb is held by somebody","fix":"rm it"}"#
    )
    #expect(String(decoding: Finding(.good, "x", "y").json(about: "m"), as: UTF8.self).hasSuffix(#""fix":null}"#))
  }

  @Test func endTheProgramByTheGravest() {
    func status(_ findings: Finding...) -> Int32 { Finding.exitStatus(of: findings) }
    let lock = Self.finding
    let system = Finding(.warning, "", "")
    let damage = Finding(.problem, "", "", kind: .damage)
    #expect(status() == 0)
    #expect(status(Finding(.note, "", "", kind: .damage), Finding(.good, "", "")) == 0)
    #expect(status(lock) == 5)
    #expect(status(lock, system) == 7)
    #expect(status(lock, system, damage) == 6)
  }
}
