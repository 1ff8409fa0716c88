import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// New configurations while the daemon serves.
@Suite(.timeLimit(.minutes(3))) struct DaemonReloadTests {
  /// Events that are kept, requests that are answered by a worker, and a handler that is another one each time.
  private static func handlers(_ number: Int) throws -> String {
    """
    [[handler]]
    name = "keep"
    run = ["sh", "-c", "line=$(cat); echo \\"$line\\" >> FOLDER/kept"]
    events = ["keep"]
    environment = { ROUND = "\(number / 4)" }
    [[handler]]
    name = "echo"
    worker = ["\(try ProcessRun.peer)", "handler-worker", "plain"]
    methods = ["echo"]
    concurrency = \(number / 5 % 2 == 0 ? 4 : 8)
    [[handler]]
    name = "other-\(number)"
    run = ["cat"]
    methods = ["other-\(number)"]
    """
  }

  @Test func aHundredTimesUnderLoadNothingIsLostRefusedOrOutOfOrder() async throws {
    try await DaemonScene.with(try Self.handlers(0), level: "info") { scene in
      let channel = try scene.channel()
      let isOver = Latch()
      let answered = Counter()
      let askers = (0..<3).map { asker in
        Task {
          var count = 0
          while !isOver.isOpen {
            let payload = JSONText(integer: asker * 1_000_000 + count)
            let answer: JSONText = try await channel.request("echo", payload, timeout: .seconds(20))
            guard answer == payload else { throw DaemonScene.Silence(description: "\(payload) was answered \(answer)") }
            count += 1
            answered.add()
          }
        }
      }
      let teller = Task {
        var sent = 0
        while !isOver.isOpen {
          try await channel.send("keep", JSONText(integer: sent))
          sent += 1
          // Each is a program: no more than can be run.
          if sent.isMultiple(of: 8) { try await eventually { scene.lines(of: "kept").count >= sent - 8 } }
        }
        return sent
      }
      let pid = scene.pid
      for number in 1...100 {
        scene.configure(try Self.handlers(number))
        scene.signal(SIGHUP)
        #expect(scene.hasSaid(#""message":"reloaded""#, times: number), "\(number): \(scene.said.suffix(3))")
        // Each configuration has something to do.
        let before = answered.value
        try await eventually { answered.value > before + 5 }
      }
      isOver.open()
      for asker in askers { try await asker.value }
      let sent = try await teller.value
      try await eventually { scene.lines(of: "kept").count >= sent }
      #expect(scene.lines(of: "kept") == (0..<sent).map(String.init))
      #expect(scene.pid == pid && sent > 50)
      #expect(!scene.said.contains { $0.contains("failed") })
      print("100 reloads under load: \(answered.value) requests answered, \(sent) events in order")
      await channel.close()
    }
  }

  @Test func aWrongFileChangesNothingAndSaysWhy() async throws {
    try await DaemonScene.with(try Self.handlers(0)) { scene in
      let channel = try scene.channel()
      scene.write("[[handler]]\nnmae = \"echo\"\n")
      scene.signal(SIGHUP)
      #expect(scene.moment(of: "is wrong, and the one of before holds", "transomd.toml:2:1", "name") != nil)
      let answer: JSONText = try await channel.request("echo", JSONText(integer: 1), timeout: .seconds(10))
      #expect(answer == JSONText(integer: 1))
      scene.configure(try Self.handlers(1))
      scene.signal(SIGHUP)
      #expect(scene.moment(of: #""message":"reloaded""#, "other-1") != nil)
      #expect(try await channel.request("other-1", JSONText(integer: 2), timeout: .seconds(10)) == JSONText(integer: 2))
      await channel.close()
    }
  }

  @Test func rootsComeAndGo() async throws {
    try await DaemonScene.with(try Self.handlers(0)) { scene in
      scene.configure(try Self.handlers(0), extraRoots: ["second"])
      scene.signal(SIGHUP)
      #expect(scene.moment(of: #""message":"reloaded""#, "/second") != nil)
      let channel = try Channel(at: scene.folder + "/second/channel", as: .frontend)
      let answer: JSONText = try await channel.request("echo", JSONText(integer: 1), timeout: .seconds(10))
      #expect(answer == JSONText(integer: 1))
      scene.configure(try Self.handlers(0))
      scene.signal(SIGHUP)
      #expect(scene.moment(of: #""message":"gone""#, "/second/channel") != nil)
      await channel.close()
    }
  }

  /// What waits for a handler that goes is handled by the one that comes.
  @Test func whatWaitsForAHandlerGoesToTheOneThatTakesItsPlace() async throws {
    let slow = """
      [[handler]]
      name = "slow"
      run = ["sh", "-c", "cat; echo >> FOLDER/begun; while test ! -e FOLDER/go; do :; done"]
      methods = ["work"]
      """
    try await DaemonScene.with(slow) { scene in
      let channel = try scene.channel()
      let askers = (0..<6).map { number in
        Task { try await channel.request("work", JSONText(integer: number), timeout: .seconds(20)) as JSONText }
      }
      try await eventually { !scene.lines(of: "begun").isEmpty || RawFiles.read(scene.folder + "/begun") != nil }
      scene.configure("[[handler]]\nname = \"quick\"\nrun = [\"cat\"]\nmethods = [\"work\"]\n")
      scene.signal(SIGHUP)
      #expect(scene.moment(of: #""message":"reloaded""#, "quick", "slow") != nil)
      RawFiles.write("", to: scene.folder + "/go")
      for (number, asker) in askers.enumerated() { #expect(try await asker.value == JSONText(integer: number)) }
      // One was at the old one.
      #expect(RawFiles.read(scene.folder + "/begun") == "\n")
      await channel.close()
    }
  }

  /// An event whose channel and handler are both gone is nobody's any more.
  @Test func anEventOfAChannelThatIsGoneAndAHandlerThatIsGoneTakesNoTime() async throws {
    let slow = """
      [[handler]]
      name = "slow"
      run = ["sh", "-c", "echo >> FOLDER/begun; while test ! -e FOLDER/go; do :; done; exit 75"]
      events = ["work"]
      """
    try await DaemonScene.with(slow) { scene in
      let channel = try scene.channel()
      try await channel.send("work", JSONText(integer: 1))
      try await eventually { RawFiles.exists(scene.folder + "/begun") }
      await channel.close()
      try await eventually { (try? ScratchDirectory.remove(scene.root + "/channel")) != nil }
      #expect(scene.moment(of: #""message":"gone""#) != nil)
      scene.configure("")
      scene.signal(SIGHUP)
      #expect(scene.moment(of: #""message":"reloaded""#, "slow") != nil)
      RawFiles.write("", to: scene.folder + "/go")
      #expect(scene.moment(of: "wants it later") != nil)
      let (before, begin) = (ProcessorTime.of(scene.pid), KernelClock.sinceBoot())
      try await eventually { KernelClock.sinceBoot() - begin > 1_000_000_000 }
      #expect(ProcessorTime.of(scene.pid) - before < .milliseconds(200))
    }
  }

  /// What another side needs is opened beside what there is.
  @Test func anotherSideIsServedWhileTheFirstGoesOn() async throws {
    let keep = """
      [[handler]]
      name = "keep"
      run = ["sh", "-c", "line=$(cat); echo $line >> FOLDER/begun; while test ! -e FOLDER/go; do :; done; echo $line >> FOLDER/kept"]
      events = ["keep"]
      [[handler]]
      name = "echo"
      run = ["cat"]
      methods = ["echo"]

      """
    let other = """
      [[handler]]
      name = "other"
      run = ["cat"]
      side = "frontend"
      methods = ["other"]
      """
    try await DaemonScene.with(keep) { scene in
      let channel = try scene.channel()
      for number in 1...3 { try await channel.send("keep", JSONText(integer: number)) }
      try await eventually { scene.lines(of: "begun") == ["1"] }
      scene.configure(keep + other)
      scene.signal(SIGHUP)
      #expect(scene.moment(of: #""message":"reloaded""#, "other") != nil)
      // The event is still at its handler.
      #expect(try await channel.request("echo", JSONText(integer: 7), timeout: .seconds(10)) == JSONText(integer: 7))
      let asker = try scene.channel(as: .backend)
      #expect(try await asker.request("other", JSONText(integer: 8), timeout: .seconds(10)) == JSONText(integer: 8))
      RawFiles.write("", to: scene.folder + "/go")
      try await eventually { scene.lines(of: "kept") == ["1", "2", "3"] }
      #expect(scene.lines(of: "begun") == ["1", "2", "3"])
      await channel.close()
      await asker.close()
    }
  }
}
