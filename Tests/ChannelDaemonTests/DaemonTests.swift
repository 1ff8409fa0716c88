import ChannelMessages
import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// The real daemon with real handlers.
@Suite(.timeLimit(.minutes(3))) struct DaemonTests {
  private static let echo = """
    [[handler]]
    name = "echo"
    worker = ["python3", "-u", "-c", '''
    import sys, json
    for line in sys.stdin:
        message = json.loads(line)
        if message["method"] == "fail":
            print(json.dumps({"id": message["id"], "error": "no good"}), flush=True)
        else:
            print(json.dumps({"id": message["id"], "result": message["payload"]}), flush=True)
    ''']
    methods = ["echo", "fail"]
    concurrency = 8
    """

  /// Appends what it gets to a file, a line each.
  private static let keep = """
    [[handler]]
    name = "keep"
    run = ["sh", "-c", "line=$(cat); echo \\"$line\\" >> FOLDER/kept"]
    events = ["keep"]
    """

  @Test func answersRequestsByAWorkerAndTellsItsFailures() async throws {
    try await DaemonScene.with(Self.echo) { scene in
      let channel = try scene.channel()
      for number in 0..<20 {
        let payload = JSONText(integer: number)
        #expect(try await channel.request("echo", payload, timeout: .seconds(10)) == payload)
      }
      let error = await #expect(throws: ChannelError.self) {
        _ = try await channel.request("fail", .null, timeout: .seconds(10)) as JSONText
      }
      #expect(error?.code == .answeredWithError && error?.what.contains("no good") == true)
      await channel.close()
    }
  }

  @Test func handsEventsOnInOrderAlsoThoseOfBeforeItsStart() async throws {
    try await DaemonScene.with(Self.keep) { scene in
      let channel = try scene.channel()
      for number in 0..<5 { try await channel.send("keep", JSONText(integer: number)) }
      try await eventually { scene.lines(of: "kept") == (0..<5).map(String.init) }
      try scene.kill(SIGTERM)
      for number in 5..<10 { try await channel.send("keep", JSONText(integer: number)) }
      try scene.start()
      try await eventually { scene.lines(of: "kept") == (0..<10).map(String.init) }
      await channel.close()
    }
  }

  @Test func findsAChannelWithinMilliseconds() async throws {
    try await DaemonScene.with("") { scene in
      var times: [UInt64] = []
      for number in 0..<31 {
        let path = "\(scene.root)/\(number)"
        let begin = KernelClock.sinceBoot()
        RawFiles.makeDirectory(path)
        RawFiles.write("{}", to: path + "/.channel_info")
        let found = try #require(scene.moment(of: "appeared", "\"\(path)\""))
        times.append(found - begin)
      }
      let median = times.sorted()[15] / 1_000
      print("the daemon found a channel after \(median) us (median)")
      #expect(median < 5_000)
    }
  }

  @Test func answersWhatIsInFlightBeforeItEnds() async throws {
    let slow = """
      [[handler]]
      name = "slow"
      run = ["sh", "-c", "cat; echo >> FOLDER/begun; sleep 1"]
      methods = ["slow"]
      """
    try await DaemonScene.with(slow) { scene in
      let channel = try scene.channel()
      async let answer: JSONText = channel.request("slow", JSONText(integer: 7), timeout: .seconds(20))
      try await eventually { RawFiles.read(scene.folder + "/begun") != nil }
      try scene.kill(SIGTERM)
      #expect(try await answer == JSONText(integer: 7))
      #expect(scene.said.last == "program: ended with 0")
      await channel.close()
    }
  }

  @Test func aSecondOneOfTheSameRootIsRefused() async throws {
    try await DaemonScene.with("") { scene in
      let (code, output) = try ProcessRun.run(try DaemonScene.program, "--config", scene.folder + "/transomd.toml")
      #expect(code == 5)
      #expect(output.contains("is served by another daemon (process \(scene.pid))"), "\(output)")
    }
  }

  @Test func aRootThatVanishesAndComesBackIsServedAgain() async throws {
    try await DaemonScene.with(Self.echo) { scene in
      let before = try scene.channel()
      #expect(try await before.request("echo", JSONText(integer: 1), timeout: .seconds(10)) == JSONText(integer: 1))
      await before.close()
      #expect(RawFiles.rename(scene.root, to: scene.root + ".away"))
      #expect(scene.moment(of: "there is no such directory", scene.root) != nil)
      #expect(RawFiles.rename(scene.root + ".away", to: scene.root))
      #expect(scene.moment(of: "can be looked at again", scene.root) != nil)
      let after = try scene.channel()
      #expect(try await after.request("echo", JSONText(integer: 2), timeout: .seconds(10)) == JSONText(integer: 2))
      await after.close()
    }
  }

  /// Whatever moment it is killed at: no event is lost, no request is run twice, and it serves again soon.
  @Test func killedAtAnyMomentItLosesNothingAndRunsNoRequestTwice() async throws {
    let handlers = """
      [[handler]]
      name = "note"
      run = ["sh", "-c", "echo $TRANSOM_ID >> FOLDER/ran; sleep 0.02; cat"]
      methods = ["note"]
      concurrency = 4

      """
    try await DaemonScene.with(handlers + Self.keep) { scene in
      let channel = try scene.channel()
      let isOver = Latch()
      // They are asked while it is killed.
      let askers = (0..<3).map { _ in
        Task {
          var (answered, interrupted) = (0, 0)
          while !isOver.isOpen {
            do {
              _ = try await channel.request("note", .null, timeout: .seconds(5)) as JSONText
              answered += 1
            } catch let error as ChannelError {
              if error.code == .answeredWithError { interrupted += 1 }
            }
          }
          return (answered, interrupted)
        }
      }
      var sent = 0
      var again: [UInt64] = []
      for _ in 0..<50 {
        // It is killed between any two of them, whatever it is at.
        let last = Int.random(in: 0..<40)
        for number in 0..<40 {
          try await channel.send("keep", JSONText(integer: sent))
          sent += 1
          if number == last { try scene.kill() }
        }
        let begin = KernelClock.sinceBoot()
        try scene.start()
        _ = try? await channel.request("note", .null, timeout: .seconds(10)) as JSONText
        again.append((KernelClock.sinceBoot() - begin) / 1_000_000)
      }
      isOver.open()
      var (answered, interrupted) = (0, 0)
      for asker in askers {
        let (some, others) = try await asker.value
        answered += some
        interrupted += others
      }
      try await eventually { Set(scene.lines(of: "kept")).count == sent }
      var seen: Set<String> = []
      let firsts = scene.lines(of: "kept").filter { seen.insert($0).inserted }
      #expect(firsts == (0..<sent).map(String.init), "events came out of order")
      let ran = (RawFiles.read(scene.folder + "/ran") ?? "").split(separator: "\n")
      #expect(ran.count == Set(ran).count, "a request was run twice")
      #expect(answered > 0 && interrupted > 0)
      let figures = "\(answered) answered, \(interrupted) interrupted, \(ran.count) run; \(sent) events"
      print("\(figures); serving again after \(again.sorted()[25]) ms (median)")
      #expect(again.sorted()[25] < 1_000)
      await channel.close()
    }
  }

  @Test func whatCannotBeHandledIsSetAsideAndToldAndTheNextIsHandled() async throws {
    let handlers = """
      [[handler]]
      name = "picky"
      run = ["sh", "-c", "line=$(cat); echo $line >> FOLDER/seen; test $line != 2 || { echo it is two >&2; exit 3; }"]
      events = ["number"]
      """
    try await DaemonScene.with(handlers) { scene in
      let channel = try scene.channel()
      for number in 1...3 { try await channel.send("number", JSONText(integer: number)) }
      #expect(scene.moment(of: "set aside", "it is two") != nil)
      try await eventually { RawFiles.read(scene.folder + "/seen") == "1\n2\n3\n" }
      await channel.close()
    }
  }

  @Test func aWrongConfigurationIsToldAndNothingIsBegun() throws {
    try withScratchDirectory { folder in
      RawFiles.write("[log]\nlevle = \"info\"\n", to: folder + "/t.toml")
      for check in [["--check"], []] {
        let (code, output) = try ProcessRun([try DaemonScene.program, "--config", folder + "/t.toml"] + check).finish()
        #expect(code == 2)
        #expect(output.contains("/t.toml:2:1:") && output.contains("level"), "\(output)")
      }
    }
  }
}
