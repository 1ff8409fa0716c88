import Glibc
import TestSupport
import Testing

@Suite("Watching", .timeLimit(.minutes(1))) struct WatchTests {
  private func watch(_ scene: CommandScene, _ words: String..., prefix: String = "") throws -> ProcessRun {
    let run = try scene.start("watch", scene.folder, words: words, prefix: prefix)
    let greeting = run.line()
    #expect(greeting?.contains("watching 1 channel below \(scene.folder)") == true, "\(greeting ?? "nothing")")
    return run
  }

  @Test func printsBothDirectionsOfChannelsThatAreThereAndThatAppear() throws {
    try CommandScene.with { scene in
      let run = try watch(scene)
      #expect(try scene.run("send", scene.channel, "-e", "one", #"{"a": 1}"#).code == 0)
      #expect(run.line() == #"channel  frontend to backend  event  one  {"a":1}"#)
      #expect(try scene.run("send", scene.channel, "-e", "two", "--as", "backend", "--text", "x").code == 0)
      #expect(run.line() == #"channel  backend to frontend  event  two  "x""#)
      let late = scene.folder + "/sub/deep/late"
      let made = try scene.shell("mkdir -p sub/deep && transom init '\(late)' && transom send '\(late)' -e early")
      #expect(made.code == 0)
      #expect(run.line() == "sub/deep/late  frontend to backend  event  early  null")
      kill(run.pid, SIGTERM)
      #expect(run.wait() == 143)
    }
  }

  @Test func printsWhatOldProgramsSend() throws {
    try CommandScene.with { scene in
      let old = scene.folder + "/old"
      RawFiles.makeDirectory(old)
      RawFiles.write(#"{"version": "1.0"}"#, to: old + "/.channel_info")
      let run = try scene.start("watch", scene.folder)
      #expect(run.line()?.contains("watching 2 channels") == true)
      let message = #"[{"id": "a", "timestamp": 1, "type": "event", "method": "hi", "payload": [1]}]"#
      RawFiles.replace(old + "/frontend_to_backend.json", with: message)
      #expect(run.line() == "old  frontend to backend  event  hi  [1]")
      RawFiles.replace(scene.channel + "/backend_to_frontend.json", with: message)
      #expect(run.line() == "channel  backend to frontend  event  hi  [1]")
    }
  }

  @Test func printsObjectsForProgramsAndOnlyWhatIsWanted() throws {
    try CommandScene.with { scene in
      let run = try watch(scene, "--json", "--as", "backend", "--method", "o*")
      #expect(try scene.run("send", scene.channel, "-e", "one", "--as", "backend").code == 0)
      #expect(try scene.run("send", scene.channel, "-e", "two").code == 0)
      #expect(try scene.run("send", scene.channel, "-e", "one").code == 0)
      let line = run.line() ?? ""
      let begin = #"{"channel":"\#(scene.channel)","direction":"frontend_to_backend","message":{"id":""#
      #expect(line.hasPrefix(begin) && line.hasSuffix(#""method":"one","payload":null}}"#), "\(line)")
    }
  }

  @Test func followsMoreChannelsThanTheLimitOfOpenFilesAllowsAtFirst() throws {
    try CommandScene.with { scene in
      let made = try scene.shell("for number in 1 2 3 4 5 6 7 8; do transom init c$number || exit; done >/dev/null")
      #expect(made.code == 0)
      let run = try scene.start("watch", scene.folder, prefix: "ulimit -S -n 64;")
      #expect(run.line()?.contains("watching 9 channels") == true)
      for number in 1...8 {
        #expect(try scene.run("send", "\(scene.folder)/c\(number)", "-e", "x").code == 0)
        #expect(run.line() == "c\(number)  frontend to backend  event  x  null")
      }
    }
  }

  @Test func followsNoLinkAndLooksIntoNothingThatIsBeingMade() throws {
    try CommandScene.with { scene in
      RawFiles.makeSymlink(scene.folder + "/link", to: scene.channel)
      #expect(try scene.shell("cp -r channel .channel.1f").code == 0)
      let run = try watch(scene)
      kill(run.pid, SIGTERM)
      #expect(run.wait() == 143)
    }
  }

  @Test func goesOnWhenAChannelIsBrokenOrTakenAway() throws {
    try CommandScene.with { scene in
      let broken = scene.folder + "/broken"
      #expect(try scene.shell("cp -r channel broken && echo x > broken/.transom/key").code == 0)
      let run = try scene.start("watch", scene.folder)
      #expect(run.line()?.contains("watching 2 channels") == true)
      // Each direction says it once.
      for _ in 0..<2 { #expect(run.line()?.hasPrefix("transom: \(broken)/.transom/key: ") == true) }
      #expect(try scene.run("send", scene.channel, "-e", "one").code == 0)
      #expect(run.line() == "channel  frontend to backend  event  one  null")
      #expect(RawFiles.rename(scene.channel, to: scene.folder + "/moved"))
      // Until the move is noticed messages are printed under the old name; one of that moment under both, or neither.
      let script = "while :; do \"$0\" send \"$1\" -e tick >&2; sleep 0.02; done"
      let sender = try ProcessRun(["sh", "-c", script, try CommandScene.program, scene.folder + "/moved"])
      var line = run.line()
      while line?.hasPrefix("channel  ") == true { line = run.line() }
      kill(sender.pid, SIGKILL)
      #expect(line?.hasPrefix("moved  frontend to backend  ") == true)
    }
  }

  @Test func tellsAWrongRootAndAWrongProgram() throws {
    try CommandScene.with { scene in
      let missing = try scene.run("watch", scene.folder + "/nowhere")
      #expect(missing.code == 4 && missing.errors.contains("there is no such directory"))
      #expect(try scene.run("watch", scene.folder, "--exec", "no-such-program").code == 2)
      #expect(try scene.run("watch", scene.folder, "--jobs", "2").errors.contains("--jobs is for --exec alone"))
      RawFiles.write("", to: scene.folder + "/file")
      #expect(try scene.run("watch", scene.folder + "/file").code == 7)
    }
  }
}

@Suite("Commands for messages", .timeLimit(.minutes(1))) struct WatchCommandTests {
  /// A watch that is under way. What it says comes by another way than what its commands print, which may be read first.
  private final class Watch {
    private let run: ProcessRun
    private var early: [String] = []

    init(_ scene: CommandScene, _ words: [String], _ script: String) throws {
      run = try scene.start("watch", scene.folder, words: words + ["--exec", "sh", "-c", script])
      while true {
        let line = try #require(run.line())
        if line.contains("under the name \"") { break }
        early.append(line)
      }
    }

    var pid: Int32 { run.pid }

    func line() -> String? { early.isEmpty ? run.line() : early.removeFirst() }

    func wait() -> Int32 { run.wait() }
  }

  private func watch(_ scene: CommandScene, _ words: [String], _ script: String) throws -> Watch {
    try Watch(scene, words, script)
  }

  private func stop(_ run: Watch) {
    kill(run.pid, SIGTERM)
    #expect(run.wait() == 143)
  }

  @Test func getThePayloadAndWhereItCameBy() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "say", #"{"a": [1, 2]}"#).code == 0)
      let names = "$TRANSOM_CHANNEL $TRANSOM_DIRECTION $TRANSOM_TYPE $TRANSOM_METHOD ${#TRANSOM_ID}"
      let run = try watch(scene, [], "echo \(names); cat")
      #expect(run.line() == "\(scene.channel) frontend_to_backend event say 36")
      #expect(run.line() == #"{"a":[1,2]}"#)
      #expect(try scene.run("send", scene.channel, "-e", "next", "--as", "backend").code == 0)
      #expect(run.line() == "\(scene.channel) backend_to_frontend event next 36")
      stop(run)
    }
  }

  @Test func acknowledgeWhatTheyHaveDealtWith() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "a", "-n", "2", "-q").code == 0)
      let script = "echo $TRANSOM_METHOD"
      let first = try watch(scene, ["--as", "backend"], script)
      #expect([first.line(), first.line()] == ["a", "a"])
      #expect(try scene.run("send", scene.channel, "-e", "b").code == 0)
      #expect(first.line() == "b")
      // The next one says that the one before was acknowledged.
      #expect(try scene.run("send", scene.channel, "-e", "c").code == 0)
      #expect(first.line() == "c")
      stop(first)
      #expect(try scene.run("send", scene.channel, "-e", "d").code == 0)
      let second = try watch(scene, ["--as", "backend"], script)
      var line = second.line()
      // It was printed; whether it was acknowledged before the signal came is chance.
      if line == "c" { line = second.line() }
      #expect(line == "d")
    }
  }

  @Test func getAMessageAgainThatTheyAskForAgain() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "x").code == 0)
      #expect(try scene.run("send", scene.channel, "-e", "y").code == 0)
      let tries = scene.folder + "/tries"
      let script = "echo $TRANSOM_METHOD; if [ ! -e '\(tries)' ]; then : > '\(tries)'; exit 75; fi"
      let run = try watch(scene, ["--as", "backend"], script)
      #expect(run.line() == "x")
      let said = run.line() ?? ""
      #expect(said.hasPrefix("transom: channel, frontend to backend: event x "), "\(said)")
      #expect(said.contains(" again in "))
      #expect([run.line(), run.line()] == ["x", "y"])
    }
  }

  @Test func setAsideWhatTheyCannotDealWith() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "bad", "7").code == 0)
      #expect(try scene.run("send", scene.channel, "-e", "good").code == 0)
      let run = try watch(scene, ["--as", "backend", "--reader", "w"], "test $TRANSOM_METHOD = good && echo fine")
      let told = run.line() ?? ""
      #expect(told.contains("event bad ") && told.contains("is set aside (1 so far), since sh ended with status 1: {"))
      #expect(told.hasSuffix(#""method":"bad","payload":7}"#), "\(told)")
      #expect(run.line() == "fine")
      stop(run)
      #expect(try scene.run("listen", scene.channel, "--reader", "w", "-m", "bad", "-w", "50ms").output.isEmpty)
    }
  }

  @Test func areReportedToPrograms() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "bad").code == 0)
      #expect(try scene.run("send", scene.channel, "-e", "good").code == 0)
      let script = "test $TRANSOM_METHOD = good"
      let run = try scene.start(
        "watch",
        scene.folder,
        words: ["--json", "-q", "--as", "backend", "--exec", "sh", "-c", script],
        prefix: "exec 2>/dev/null;"
      )
      for (end, status, method) in [("set-aside", 1, "bad"), ("done", 0, "good")] {
        let line = run.line() ?? ""
        #expect(line.contains(#""end":"\#(end)","status":\#(status),"microseconds":"#), "\(line)")
        #expect(line.contains(#""method":"\#(method)""#), "\(line)")
      }
    }
  }

  @Test func followEachOtherInAChannelAndRunBesideThoseOfOthers() throws {
    try CommandScene.with { scene in
      let other = scene.folder + "/other"
      #expect(try scene.run("init", other).code == 0)
      let mark = scene.folder + "/mark"
      #expect(try scene.shell("mkfifo '\(mark)'").code == 0)
      #expect(try scene.run("send", scene.channel, "-e", "stuck").code == 0)
      #expect(try scene.run("send", scene.channel, "-e", "behind").code == 0)
      #expect(try scene.run("send", scene.channel, "-e", "beside", "--as", "backend").code == 0)
      #expect(try scene.run("send", other, "-e", "elsewhere").code == 0)
      let script = "case $TRANSOM_METHOD in stuck) read line < '\(mark)';; esac; echo $TRANSOM_METHOD"
      let run = try scene.start("watch", scene.folder, words: ["-q", "--exec", "sh", "-c", script])
      // Whichever direction came first, the other channel is not kept waiting by the one that is stuck.
      var seen: [String?] = []
      while seen.last != "elsewhere" { seen.append(run.line()) }
      #expect(!seen.contains("stuck") && !seen.contains("behind"))
      RawFiles.write("go\n", to: mark)
      while seen.count < 4 { seen.append(run.line()) }
      let order = seen.filter { $0 == "stuck" || $0 == "behind" }
      #expect(order == ["stuck", "behind"] && seen.contains("beside"), "\(seen)")
      kill(run.pid, SIGTERM)
      #expect(run.wait() == 143)
    }
  }

  @Test func areEndedWithTheProgramAndRunAgain() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "long").code == 0)
      let run = try watch(scene, ["--as", "backend"], "echo begun; exec sleep 600")
      #expect(run.line() == "begun")
      stop(run)
      let again = try watch(scene, ["--as", "backend"], "echo $TRANSOM_METHOD")
      #expect(again.line() == "long")
    }
  }
}
