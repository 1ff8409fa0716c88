// 1.0 programs that do what they may, at the worst of times.

internal import ChannelMessages
internal import Glibc
internal import LinuxIO
internal import TestSupport
internal import Testing
internal import Transom

@Suite("Meddling 1.0 programs", .timeLimit(.minutes(2))) struct MeddlingTests {
  /// A 1.0 program that believes a lock to be stale takes it and publishes, whoever is at it. This one always does.
  @Test func aThiefWhoPublishesBetweenOurLookAndOurExchangeLosesNothing() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let native = try scene.ours(.frontend)
      let thief = try scene.theirs(.backend)
      let collector = Collector(native)
      thief.begin([
        "do": "thieve", "window": "\(scene.window(writtenBy: .backend))", "name": "stolen", "count": 300,
        "pause": 0.003, "seconds": 20,
      ])
      var count = 0
      while !thief.process.hasLine {
        try ours.send("ours", JSONText(integer: count))
        count += 1
      }
      let stolen: [Int] = try thief.finish(within: .seconds(25))
      try ours.send("ours", JSONText(integer: count))
      let found = collector.finish()
      #expect(found.messages.numbers(of: "ours") == Array(0...count))
      let theirs = found.messages.numbers(of: "stolen")
      #expect(Set(theirs).count == theirs.count, "some came twice")
      let lost = Set(stolen).subtracting(theirs)
      #expect(lost.isEmpty || found.gaps.contains { $0.reason == .windowOverrun }, "lost in silence: \(lost.sorted())")
      #expect(found.failures == [])
      let newest = try scene.theirs(.frontend).receive().filter { $0.method == "ours" }.map(\.payload)
      #expect(newest.last == "\(count)")
      print("a thief: \(stolen.count) stolen publications among \(count) of ours, \(lost.count) in a gap")
    }
  }

  @Test func aClearWhileWeSendTakesNothingFromNatives() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let native = try scene.ours(.frontend)
      let theirs = try scene.theirs(.frontend)
      let collector = Collector(native)
      for number in 0..<1_000 {
        try ours.send("storm", JSONText(integer: number))
        if number.isMultiple(of: 50) { try theirs.run(["do": "clear"]) }
      }
      collector.awaitCount(1_000, within: .seconds(10))

      // And when all is quiet: what was before it stays away.
      try theirs.run(["do": "clear"])
      for number in 0..<3 { try ours.send("after", JSONText(integer: number)) }
      let reader = try scene.theirs(.frontend)
      let seen = try reader.receive()
      #expect(seen.map(\.method) == ["after", "after", "after"])
      scene.awaitClock(after: seen)
      let sharing = try scene.theirs(.backend)
      try sharing.send("theirs", 0)
      #expect(try reader.receive(atLeast: 1).map(\.method) == ["theirs"])
      collector.awaitCount(1_004, within: .seconds(5))
      let found = collector.finish()
      #expect(found.messages.numbers(of: "storm") == Array(0..<1_000))
      #expect(found.messages.numbers(of: "after") == [0, 1, 2])
      #expect(found.messages.numbers(of: "theirs") == [0])
      #expect(found.messages.count == 1_004)
      #expect(found.gaps == [])
      #expect(found.failures == [])
    }
  }

  /// ipckit makes a window that it does not see by truncating it: when ours has come in between, its first message is gone.
  @Test func whoOpensAtTheSameMomentWipesNoFirstMessage() async throws {
    try await InteropScene.run { scene in
      let theirs = try IpckitPeer()
      let paths = (0..<100 * InteropScene.runs).map { "\(scene.folder)/\($0)" }
      let go = ".go"
      theirs.begin([
        "do": "meet", "side": "frontend", "paths": try JSONText(encoding: paths), "go": "\(go)", "seconds": 30,
      ])
      var channels: [Channel] = []
      for path in paths {
        RawFiles.write("", to: path + go)
        let channel = try Channel(at: path, as: .backend)
        try channel.send("first")
        channels.append(channel)
      }
      #expect(try theirs.finish(as: Int.self, within: .seconds(30)) == paths.count)
      // A wiped one is put back within a second.
      let last = ContinuousClock.now + .seconds(1)
      var wiped: [Int] = []
      eventually(within: .seconds(2)) {
        let seen = (try? survey(theirs, paths)) ?? []
        wiped = seen.indices.filter { seen[$0] != ["first"] }
        return wiped.isEmpty && seen.count == paths.count && ContinuousClock.now > last
      }
      #expect(wiped == [], "of \(paths.count)")
      for channel in channels { channel.close() }
    }
  }

  private func survey(_ peer: IpckitPeer, _ paths: [String]) throws -> [[String?]] {
    try peer.call(["do": "survey", "side": "frontend", "paths": try JSONText(encoding: paths)], within: .seconds(20))
  }

  /// A lock that somebody keeps is no reason to lose a message, nor to send it twice.
  @Test func aLockThatIsKeptDelaysTheWindowAlone() async throws {
    try await InteropScene.run { scene in
      var options = ChannelOptions()
      options.sendTimeout = .milliseconds(400)
      let ours = try scene.ours(.backend, options: options)
      let native = try scene.ours(.frontend)
      let theirs = try scene.theirs(.frontend)
      let messages = native.messages
      try ours.send("before")
      #expect(try messages.next(within: .seconds(5))?.method == "before")
      #expect(try theirs.receive().map(\.method) == ["before"])

      let lock = scene.lock(writtenBy: .backend)
      RawFiles.write("1\n", to: lock)
      let error = #expect(throws: ChannelError.self) { _ = try ours.send("accepted") }
      #expect(error?.code == .notProjected)
      #expect(error?.code.exitStatus == 9)
      #expect(try messages.next(within: .seconds(5))?.method == "accepted")
      #expect(try theirs.receive() == [])
      // Somebody's lock is nobody else's to remove.
      #expect(RawFiles.read(lock) == "1\n")

      RawFiles.remove(lock)
      #expect(try theirs.receive(atLeast: 1, within: .seconds(3)).map(\.method) == ["accepted"])
      try ours.send("next")
      #expect(try theirs.receive().map(\.method) == ["next"])
      #expect(try messages.next(within: .seconds(5))?.method == "next")
      #expect(try messages.next(within: .milliseconds(50)) == nil)
    }
  }

  @Test func oneIdForTwoMessagesHidesNeither() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.frontend)
      let theirs = try scene.theirs(.backend)
      let collector = Collector(ours)
      let window = scene.window(writtenBy: .backend)
      func element(_ timestamp: Int, _ name: String, _ number: Int) -> String {
        #"{"id":"1","timestamp":\#(timestamp),"type":"event","method":"\#(name)","payload":\#(number)}"#
      }
      let first = element(5, "a", 0)
      RawFiles.replace(window, with: "[\(first)]")
      collector.awaitCount(1, within: .seconds(5))
      // Another one under the same id; one that differs by its time alone; and the first once more beside itself.
      let rest = [element(5, "b", 1), element(6, "a", 2), element(5, "a", 3)]
      RawFiles.replace(window, with: "[\(first),\(rest.joined(separator: ","))]")
      collector.awaitCount(4, within: .seconds(5))
      // Rewritten by ipckit they are the same ones.
      try theirs.send("next", 4)
      collector.awaitCount(5, within: .seconds(5))
      let found = collector.finish()
      #expect(found.messages.map(\.number) == [0, 1, 2, 3, 4])
      #expect(found.gaps == [])
      #expect(found.failures == [])
    }
  }

  /// To a reader of ipckit's all that carries an older stamp than the newest it saw is old.
  @Test func aStampOfTheFutureHidesNothingOfOurs() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let native = try scene.ours(.frontend)
      let collector = Collector(native)
      let hence = UInt64(time(nil) + 3_600) * 1_000
      RawFiles.replace(
        scene.window(writtenBy: .backend),
        with: #"[{"id":"x","timestamp":\#(hence),"type":"event","method":"future","payload":0}]"#
      )
      collector.awaitCount(1, within: .seconds(5))
      for number in 1...5 { try ours.send("ours", JSONText(integer: number)) }
      collector.awaitCount(6, within: .seconds(5))
      let found = collector.finish()
      #expect(found.messages.map(\.number) == [0, 1, 2, 3, 4, 5])
      #expect(found.gaps == [])
      #expect(found.failures == [])
      let received = try scene.theirs(.frontend).receive()
      #expect(received.map(\.payload) == ["0", "1", "2", "3", "4", "5"])
    }
  }
}
