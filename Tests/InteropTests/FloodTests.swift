// Both at full speed.

internal import Glibc
internal import LinuxIO
internal import TestSupport
internal import Testing
internal import Transom

/// What comes of thousands of messages in a second or two, with an end of ipckit's on one side or on both.
@Suite("Floods beside ipckit", .timeLimit(.minutes(2))) struct FloodTests {
  static let count = 2_000

  @Test func allOfOursReachAReaderThatLooksEveryTenMilliseconds() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let theirs = try scene.theirs(.frontend)
      theirs.begin([
        "do": "poll", "interval": 0.01, "seconds": 30, "until": "flood", "count": JSONText(integer: Self.count),
      ])
      for number in 0..<Self.count { try ours.send("flood", JSONText(integer: number)) }
      let polled: IpckitPeer.Polled = try theirs.finish(within: .seconds(35))
      // In their order, none missing, and, because each has a millisecond of its own, none twice.
      #expect(polled.deliveries == (0..<Self.count).map { IpckitPeer.Delivery("flood", $0) })
      #expect(polled.failures == [])
    }
  }

  /// Twenty of them fall into one millisecond, and after a hundred the oldest leaves the window.
  @Test func allOfItsReachUsOnceOrAreAGap() async throws {
    var withGap = 0
    for _ in 0..<InteropScene.runs {
      let missing = try await InteropScene.run { scene in
        let ours = try scene.ours(.frontend)
        let theirs = try scene.theirs(.backend)
        let collector = Collector(ours)
        theirs.begin(["do": "flood", "name": "flood", "count": JSONText(integer: Self.count)])
        let flooded: IpckitPeer.Flooded = try theirs.finish(within: .seconds(40))
        #expect(flooded.acknowledged == Array(0..<Self.count))
        let found = collector.finish()
        return try expectWhole(found, "flood", of: flooded.acknowledged)
      }
      if missing > 0 { withGap += 1 }
    }
    print("2,000 events of ipckit's at full speed: \(withGap) of \(InteropScene.runs) runs had a gap")
  }

  /// One side with two writers, ipckit and ours, and two readers, of whom one is ipckit's.
  ///
  /// To a reader of ipckit's its protocol promises little here: it passes over what carries an older stamp than the last
  /// it saw, as a 1.0 writer's message does when it came behind another's by waiting for the lock, and it gives those of
  /// the last millisecond again at each look. So each thing that it delivers has to be one that was sent, it never
  /// meets a window that it cannot read, and it does not stop before the end.
  @Test func aSharedSideLosesNothingAndStarvesNobody() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let native = try scene.ours(.frontend)
      let sharing = try scene.theirs(.backend)
      let reader = try scene.theirs(.frontend)
      let stop = "\(scene.folder)/stop"
      let collector = Collector(native)
      reader.begin(["do": "poll", "interval": 0.01, "seconds": 40, "stop": "\(stop)"])
      sharing.begin(["do": "flood", "name": "theirs", "count": 1_000_000, "seconds": 20, "stop": "\(stop)"])
      let deadline = ContinuousClock.now + .seconds(3)
      var count = 0
      while ContinuousClock.now < deadline {
        try ours.send("ours", JSONText(integer: count))
        count += 1
      }
      RawFiles.write("", to: stop)
      let flooded: IpckitPeer.Flooded = try sharing.finish(within: .seconds(10))
      let polled: IpckitPeer.Polled = try reader.finish(within: .seconds(10))
      let found = collector.finish()

      #expect(flooded.timeouts == [], "a 1.0 sender starved")
      #expect(flooded.failures == [])
      #expect(flooded.acknowledged.count >= 20, "it hardly had its turn")
      #expect(found.messages.numbers(of: "ours") == Array(0..<count))
      let missing = try expectWhole(found, "theirs", of: flooded.acknowledged)
      print("a shared side: \(count) of ours, \(flooded.acknowledged.count) of ipckit's, \(missing) of those in a gap")

      #expect(polled.failures == [])
      let attempted = flooded.acknowledged.count
      #expect(polled.numbers(of: "ours").allSatisfy { (0..<count).contains($0) })
      #expect(polled.numbers(of: "theirs").allSatisfy { (0..<attempted).contains($0) })
      #expect(Set(polled.deliveries.compactMap(\.name)).isSubset(of: ["ours", "theirs"]))
      #expect(polled.numbers(of: "ours").contains { $0 > count / 2 }, "it went blind")
      let seen = ["ours", "theirs"].map { Set(polled.numbers(of: $0)).count }
      print("its ipckit reader saw \(seen[0]) of ours and \(seen[1]) of ipckit's")
    }
  }

  @Test func nativesAtFullSpeedDoNotStarveASenderOfItsKind() async throws {
    try await InteropScene.run { scene in
      let native = try scene.ours(.frontend)
      let sharing = try scene.theirs(.backend)
      let collector = Collector(native)
      let stop = "\(scene.folder)/stop"
      let peer = try ProcessRun.peer
      let natives = try ["A", "B"].map { try ProcessRun([peer, "channel-flood", scene.path, $0, stop]) }
      eventually(within: .seconds(10)) { collector.count > 0 }
      sharing.begin(["do": "flood", "name": "theirs", "count": 150, "pause": 0.02, "seconds": 20])
      let flooded: IpckitPeer.Flooded = try sharing.finish(within: .seconds(30))
      RawFiles.write("", to: stop)
      let counts = natives.map { Int($0.finish().output.dropLast()) ?? -1 }
      let found = collector.finish()
      #expect(flooded.timeouts == [], "a 1.0 sender starved; its longest send took \(flooded.longest) s")
      #expect(flooded.failures == [])
      #expect(flooded.acknowledged == Array(0..<150))
      for (name, count) in zip(["A", "B"], counts) {
        #expect(found.messages.numbers(of: name) == Array(0..<max(0, count)), "\(name) says \(count)")
        #expect(count > 0)
      }
      _ = try expectWhole(found, "theirs", of: flooded.acknowledged)
      print("beside natives at full speed (\(counts)) ipckit's longest send took \(flooded.longest) s")
    }
  }

  /// That each of a 1.0 sender's events came once and in its order, or is missing behind a gap; how many are missing.
  private func expectWhole(
    _ found: (messages: [Message], gaps: [Gap], failures: [String]),
    _ name: String,
    of acknowledged: [Int]
  ) throws -> Int {
    let numbers = found.messages.numbers(of: name)
    let missing = Set(acknowledged).subtracting(numbers)
    #expect(Set(numbers).count == numbers.count, "\(numbers.count - Set(numbers).count) came twice")
    #expect(Set(numbers).isSubset(of: acknowledged), "some came that were not acknowledged")
    #expect(numbers == numbers.sorted())
    #expect(found.gaps.allSatisfy { $0.reason == .windowOverrun }, "\(found.gaps)")
    if !missing.isEmpty {
      #expect(!found.gaps.isEmpty, "\(missing.count) were lost in silence, the first \(missing.min() ?? 0)")
    }
    #expect(found.failures == [])
    return missing.count
  }
}
