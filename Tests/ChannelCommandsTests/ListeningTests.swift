import ChannelMessages
import Glibc
import TestSupport
import Testing

@Suite("A listener", .timeLimit(.minutes(1))) struct ListeningTests {
  private func send(_ names: String..., in scene: CommandScene) throws {
    for name in names { #expect(try scene.run("send", scene.channel, "-e", name).code == 0) }
  }

  private func method(_ line: String?) -> String? {
    guard let parts = line?.split(separator: "\""), let place = parts.firstIndex(of: "method") else { return nil }
    return String(parts[place + 2])
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
  func writesItsPlaceBeforeASignalEndsIt(_ signal: Int32, _ status: Int32) throws {
    try CommandScene.with { scene in
      try send("one", "two", "three", in: scene)
      let listener = try scene.start("listen", scene.channel, "--reader", "w", "-q")
      for name in ["one", "two", "three"] { #expect(method(listener.line()) == name) }
      kill(listener.pid, signal)
      #expect(listener.wait() == status)
      try send("four", in: scene)
      let next = try scene.run("listen", scene.channel, "--reader", "w", "-n", "1", "-w", "10s")
      #expect(next.lines.map { method($0) } == ["four"])
    }
  }

  @Test func goesOnWhereItWasAndAcknowledgesWhatItLeftOut() throws {
    try CommandScene.with { scene in
      try send("a", "b", "a", "c", in: scene)
      let first = try scene.run("listen", scene.channel, "--reader", "w", "-m", "a", "-n", "2")
      #expect(first.code == 0 && first.lines.map { method($0) } == ["a", "a"])
      let second = try scene.run("listen", scene.channel, "--reader", "w", "-w", "50ms")
      #expect(second.lines.map { method($0) } == ["c"])
      let other = try scene.run("listen", scene.channel, "--reader", "late", "--from", "new", "-w", "50ms")
      #expect(other.code == 0 && other.output.isEmpty)
    }
  }

  @Test func leavesASignalAloneThatWasIgnored() throws {
    try CommandScene.with { scene in
      let listener = try scene.start("listen", scene.channel, prefix: "trap '' INT;")
      #expect(listener.line()?.contains("listening") == true)
      kill(listener.pid, SIGINT)
      try send("after", in: scene)
      #expect(method(listener.line()) == "after")
      kill(listener.pid, SIGTERM)
      #expect(listener.wait() == 143)
    }
  }

  @Test func saysThatItHasWaitedInVain() throws {
    try CommandScene.with { scene in
      try send("one", in: scene)
      let words = ["listen", scene.channel, "--from", "start", "-n", "3", "-w", "20ms"]
      let outcome = try scene.run(words)
      #expect(outcome.code == 3 && outcome.lines.count == 1)
      let last = outcome.errors.split(separator: "\n").last
      #expect(last == "transom: timed out: nothing came for 20 ms, after 1 of 3 messages", "\(outcome.errors)")
      let quiet = try scene.run(words + ["--quiet"])
      #expect(quiet.code == 3 && quiet.errors.isEmpty)
    }
  }

  @Test func sharesAGroupsMessages() throws {
    try CommandScene.with { scene in
      let input = (1...400).map { "\($0)\n" }.joined()
      let members = try (0..<2).map { _ in
        try scene.start("listen", scene.channel, "--group", "g", "-w", "2s", "-q")
      }
      #expect(try scene.run("send", scene.channel, "-e", "n", "--stdin", "-q", input: input).code == 0)
      let heard = members.map { $0.finish().output.split(separator: "\n") }
      let ids = heard.joined().map { $0.prefix(50) }
      #expect(ids.count == 400)
      #expect(Set(ids).count == 400)
    }
  }

  @Test func givesWhatAMemberHoldsTooLongToAnother() throws {
    try CommandScene.with { scene in
      // More than fits in a pipe that nobody reads: the first member takes all and is stuck with it.
      let text = String(repeating: "x", count: 8 << 10)
      #expect(try scene.run("send", scene.channel, "-e", "long", "-n", "20", "-q", "--text", text).code == 0)
      let stuck = try scene.start("listen", scene.channel, "--group", "g", "--lease", "50ms", "-q")
      #expect(method(stuck.line()) == "long")
      let patient = try scene.run("listen", scene.channel, "--group", "g", "-n", "1", "-w", "200ms")
      #expect(patient.code == 3 && patient.output.isEmpty)
      let other = try scene.run("listen", scene.channel, "-g", "g", "--lease", "50ms", "-n", "20", "-w", "10s")
      #expect(other.code == 0 && other.lines.count == 20)
      withExtendedLifetime(stuck) {}
      #expect(try scene.run("listen", scene.channel, "--reader", "w", "--lease", "1s").code == 2)
    }
  }

  @Test func tellsWhatIsMissing() throws {
    try CommandScene.with { scene in
      try send("one", "two", in: scene)
      #expect(try scene.run("listen", scene.channel, "--reader", "w", "-n", "1").code == 0)
      #expect(try scene.shell("rm \"$channel\"/.transom/frontend_to_backend/journal/*.seg").code == 0)
      try send("new", in: scene)
      let outcome = try scene.run("listen", scene.channel, "--reader", "w", "--json", "-n", "1", "-w", "10s")
      #expect(outcome.lines.count > 1, "\(outcome)")
      #expect(outcome.lines.dropLast().allSatisfy { $0.hasPrefix(#"{"gap":{"reason":"replaced"#) })
      #expect(method(outcome.lines.last) == "new")
      #expect(outcome.errors.contains(" missing: "), "\(outcome.errors)")
    }
  }
}

@Suite("Readers and inspection", .timeLimit(.minutes(1))) struct CareTests {
  @Test func listsResetsAndDropsReaders() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("reader", "list", scene.channel).errors == "transom: there is no reader\n")
      #expect(try scene.run("send", scene.channel, "-e", "x", "-n", "5", "-q").code == 0)
      #expect(try scene.run("listen", scene.channel, "--reader", "w", "-n", "2").code == 0)
      func unread() throws -> [String] {
        try scene.run("reader", "list", scene.channel).lines.dropFirst().map { line in
          line.split(separator: " ").prefix(4).joined(separator: " ")
        }
      }
      #expect(try unread() == ["w reader backend 3"])
      #expect(try scene.run("reader", "reset", scene.channel, "w", "--from", "start").code == 0)
      #expect(try unread() == ["w reader backend 5"])
      #expect(try scene.run("reader", "reset", scene.channel, "w", "--from", "new").code == 0)
      #expect(try unread() == ["w reader backend 0"])
      #expect(try scene.run("listen", scene.channel, "--reader", "w", "--as", "frontend", "-w", "10ms").code == 0)
      let both = try scene.run("reader", "drop", scene.channel, "w")
      #expect(both.code == 2 && both.errors.contains("--as backend or --as frontend"))
      #expect(try scene.run("reader", "drop", scene.channel, "w", "--as", "frontend").code == 0)
      #expect(try scene.run("reader", "drop", scene.channel, "w").code == 0)
      let json = try scene.run("reader", "list", scene.channel, "--json")
      #expect(json.code == 0 && json.output.isEmpty)
    }
  }

  @Test func countsNothingButMessages() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "x", "-n", "3", "-q").code == 0)
      #expect(try scene.run("listen", scene.channel, "--reader", "w", "-n", "3").code == 0)
      #expect(try scene.run("clear", scene.channel, "-q").code == 0)
      let text = try scene.run("inspect", scene.channel).output
      for line in ["  sent          nothing yet\n", "  sent          up to number 3\n", "  unread        nothing\n"] {
        #expect(text.contains(line), "\(text)")
      }
      #expect(text.contains("  w       reader  backend       0  "), "\(text)")
      #expect(try scene.run("inspect", scene.channel, "--json").output.contains(#""newest_message":3,"#))
    }
  }

  @Test func takesNoResponderForOneThatLagsBehind() throws {
    try CommandScene.with { scene in
      let responder = try scene.start("respond", scene.channel, "-q", "--", "cat")
      for number in 1...3 { #expect(try scene.run("request", scene.channel, "m", "\(number)").output == "\(number)\n") }
      let text = try scene.run("inspect", scene.channel).output
      #expect(text.contains("  -       listener  backend       -  -      process \(responder.pid)\n"), "\(text)")
      let json = try scene.run("reader", "list", scene.channel, "--json").output
      #expect(json.contains(#""kind":"listener","side":"backend","unread":null,"#), "\(json)")
    }
  }

  @Test func inspectMakesNothingAndWaitsForNobody() throws {
    try CommandScene.with { scene in
      let old = scene.folder + "/old"
      RawFiles.makeDirectory(old)
      RawFiles.write("[]", to: old + "/backend_to_frontend.json")
      let bare = try scene.run("inspect", old)
      #expect(bare.code == 4 && bare.errors.contains("transom init"))
      #expect(try scene.shell("ls -A old").output == "backend_to_frontend.json\n")
      let lock = scene.channel + "/.transom/frontend_to_backend/journal/lock"
      let holder = try ProcessRun(["flock", "--no-fork", "-x", lock, "sh", "-c", "echo held; exec sleep 600"])
      #expect(holder.line() == "held")
      let outcome = try scene.run("inspect", scene.channel)
      #expect(outcome.code == 0 && outcome.output.contains("process \(holder.pid)"), "\(outcome)")
    }
  }

  @Test func inspectShowsWhoReadsAndWhatWaits() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "x", "-n", "3", "-q").code == 0)
      #expect(try scene.run("listen", scene.channel, "--reader", "w", "-n", "1").code == 0)
      let listener = try scene.start("listen", scene.channel, "--reader", "w")
      #expect(listener.line()?.contains("listening") == true)
      #expect(listener.line() != nil && listener.line() != nil)
      let text = try scene.run("inspect", scene.channel)
      #expect(text.code == 0 && text.errors.isEmpty)
      #expect(text.output.contains("  noticed by   "))
      #expect(text.output.contains("process \(listener.pid)"))
      let json = try scene.run("inspect", scene.channel, "--json")
      #expect(json.lines.count == 1)
      _ = try JSONText(validating: Array(json.output.utf8))
      #expect(json.output.contains(#""name":"frontend_to_backend","writer":"frontend","newest":3,"#))
      #expect(json.output.contains(#""held_by":["process \#(listener.pid)"]"#))
    }
  }

  @Test func inspectSaysWhatToDoWhereverTheSystemRefuses() throws {
    try CommandScene.with { scene in
      // Each limit meets another call on its way.
      for limit in 4...40 {
        let outcome = try scene.shell("ulimit -n \(limit); transom inspect \"$channel\"")
        let isTold = outcome.output.hasPrefix("transom: ")
        #expect(!isTold || outcome.output.contains("ulimit -n"), "\(limit): \(outcome)")
        let calls = ["open", "openat", "openat2", "eventfd", "epoll_create1", "timerfd_create", "pthread_create"]
        #expect(!calls.contains { outcome.output.contains("(\($0))") || outcome.output.contains("\($0): ") })
      }
    }
  }
}
