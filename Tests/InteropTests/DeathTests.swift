// Processes that are killed or stopped where it hurts.

internal import Glibc
internal import LinuxIO
internal import TestSupport
internal import Testing
internal import Transom

@Suite("Deaths beside ipckit", .timeLimit(.minutes(2))) struct DeathTests {
  /// What `send` promises a 1.0 reader: it is in the window, and no later death of the sender takes that back.
  @Test func whatWasSentIsThereThoughItsSenderIsKilledAtOnce() async throws {
    try await InteropScene.run { scene in
      let theirs = try scene.theirs(.frontend)
      let peer = try ProcessRun.peer
      var shown = 0
      for number in 0..<400 {
        let ended = try ProcessRun.run(peer, "channel-die", scene.path, "last words \(number)")
        try #require(ended.code == 128 + SIGKILL && ended.output == "sent\n", "\(ended)")
        // At once: it was there before the sender went on.
        if try theirs.receive().map(\.method) == ["last words \(number)"] { shown += 1 }
      }
      #expect(shown == 400)
    }
  }

  /// Killed in the middle of a send it leaves its lock behind, which is to be waited out but once.
  @Test func aSenderOfItsThatIsKilledInTheMiddleIsWaitedForOnce() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let native = try scene.ours(.frontend)
      let victim = try scene.theirs(.backend)
      let theirs = try scene.theirs(.frontend)
      let collector = Collector(native)
      try ours.send("before", 0)
      victim.begin(Self.bigFlood)
      collector.awaitCount(Self.fullWindow, within: .seconds(20))
      try catchInTheMiddle(victim.process, of: scene)
      victim.process.signal(SIGKILL)
      victim.process.end()

      let begun = ContinuousClock.now
      for number in 0..<20 { try ours.send("ours", JSONText(integer: number)) }
      let took = ContinuousClock.now - begun
      #expect(took > .seconds(3) && took < .seconds(7), "five seconds are due to a lock of a 1.0 program, not \(took)")
      #expect(collector.finish().messages.numbers(of: "ours") == Array(0..<20))
      #expect(try theirs.receive().numbers(of: "ours") == Array(0..<20))
    }
  }

  /// Stopped in the middle of a send and robbed of its lock it wakes up with a copy of the window that is older than what
  /// we have published since, and may put that in its place.
  @Test func aSenderOfItsThatWakesUpWithAStaleCopyTakesNothingAway() async throws {
    for _ in 0..<max(1, InteropScene.runs / 3) {
      try await InteropScene.run { scene in
        let ours = try scene.ours(.backend)
        let native = try scene.ours(.frontend)
        let sleeper = try scene.theirs(.backend)
        let follower = try scene.theirs(.frontend)
        let (stop, end) = ("\(scene.folder)/stop", "\(scene.folder)/end")
        let collector = Collector(native)
        follower.begin(["do": "poll", "interval": 0.02, "seconds": 60, "stop": "\(end)", "after": 0.5])
        sleeper.begin(Self.bigFlood(until: stop))
        collector.awaitCount(Self.fullWindow, within: .seconds(20))
        try catchInTheMiddle(sleeper.process, of: scene)
        // It is to end with the send that it is in.
        RawFiles.write("", to: stop)
        for number in 0..<20 { try ours.send("ours", JSONText(integer: number)) }
        sleeper.process.resume()
        let flooded: IpckitPeer.Flooded = try sleeper.finish(within: .seconds(10))
        try ours.send("ours", 20)
        // By now whoever found something missing in the window has put it back.
        eventually(within: .seconds(3)) { (try? fresh(scene))?.numbers(of: "ours") == Array(0...20) }
        RawFiles.write("", to: end)
        let polled: IpckitPeer.Polled = try follower.finish(within: .seconds(10))
        let found = collector.finish()

        #expect(found.messages.numbers(of: "ours") == Array(0...20))
        // What it does not acknowledge may be there all the same: it was robbed of a send that was as good as done.
        let theirs = found.messages.numbers(of: "theirs")
        #expect(Set(theirs).count == theirs.count, "some of ipckit's came twice")
        let lost = Set(flooded.acknowledged).subtracting(theirs)
        #expect(lost.isEmpty || found.gaps.contains { $0.reason == .windowOverrun }, "lost in silence: \(lost)")
        #expect(flooded.timeouts == [])
        #expect(found.failures == [])
        print("the sleeper's last send: \(flooded.failures.first ?? "acknowledged")")
        #expect(Set(polled.numbers(of: "ours")) == Set(0...20), "the reader that was there all along")
        #expect(polled.failures == [])
        #expect(try fresh(scene).numbers(of: "ours") == Array(0...20), "a reader that comes now")
      }
    }
  }

  /// Ours leave a lock behind whose flock tells that they are gone, so nobody waits five seconds for it; and what stands
  /// under the window's name is whole at every moment.
  @Test func oursThatAreKilledAtAnyMomentHoldUpNobody() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let native = try scene.ours(.frontend)
      let theirs = try scene.theirs(.frontend)
      let end = "\(scene.folder)/end"
      let peer = try ProcessRun.peer
      var random = SeededGenerator(seed: 11)
      let collector = Collector(native)
      theirs.begin(["do": "poll", "interval": 0.005, "seconds": 60, "stop": "\(end)"])
      var longest = Duration.zero
      for round in 0..<20 {
        let before = collector.count
        let victim = try ProcessRun([peer, "channel-flood", scene.path, "victim \(round)", end])
        collector.awaitCount(before + Int.random(in: 1...300, using: &random), within: .seconds(10))
        kill(victim.pid, SIGKILL)
        victim.wait()
        let begun = ContinuousClock.now
        try ours.send("ours", JSONText(integer: round))
        longest = max(longest, ContinuousClock.now - begun)
      }
      RawFiles.write("", to: end)
      let polled: IpckitPeer.Polled = try theirs.finish(within: .seconds(10))
      let found = collector.finish()
      #expect(longest < .seconds(1), "a dead one's lock was waited for: \(longest)")
      #expect(found.messages.numbers(of: "ours") == Array(0..<20))
      for round in 0..<20 {
        let numbers = found.messages.numbers(of: "victim \(round)")
        #expect(!numbers.isEmpty && numbers == Array(0..<numbers.count), "victim \(round)")
      }
      #expect(found.gaps == [])
      #expect(found.failures == [])
      #expect(polled.failures == [])
      #expect(polled.numbers(of: "ours") == Array(0..<20))
    }
  }

  // MARK: Parts

  private static let bigFlood = bigFlood(until: "")

  /// So many that a 1.0 program cuts off what is older.
  private static let fullWindow = 110

  /// Sends that take long enough to be caught: ten milliseconds each once the window is full.
  private static func bigFlood(until stop: String) -> JSONText {
    [
      "do": "flood", "name": "theirs", "count": 1_000_000, "size": 65_536, "seconds": 50, "stop": "\(stop)",
    ]
  }

  /// What somebody receives who opens the channel now.
  private func fresh(_ scene: InteropScene) throws -> [IpckitPeer.Received] {
    try scene.theirs(.frontend).receive()
  }

  /// Stops a flooding process at a moment when it holds the lock of its side.
  private func catchInTheMiddle(_ process: LineProcess, of scene: InteropScene) throws {
    let isCaught = eventually(within: .seconds(10)) {
      process.stop()
      if RawFiles.read(scene.lock(writtenBy: .backend))?.hasPrefix("\(process.pid)") == true { return true }
      process.resume()
      return false
    }
    try #require(isCaught, "never seen with the lock in its hands")
  }
}

extension [IpckitPeer.Received] {
  /// The numbers that events of that name carry.
  fileprivate func numbers(of name: String) -> [Int] {
    filter { $0.method == name }.map { Int($0.payload) ?? -1 }
  }
}
