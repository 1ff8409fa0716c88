// A program of ours that only looks on beside ipckit.

internal import LinuxIO
internal import TestSupport
internal import Testing
internal import Transom

/// What ipckit writes, read by who changes nothing.
@Suite("A monitor beside ipckit", .timeLimit(.minutes(1))) struct MonitoringTests {
  @Test func getsWhatItSendsOnceAlsoWhenAnotherTakesItIn() async throws {
    try await InteropScene.run { scene in
      let theirs = try scene.theirs(.frontend)
      try theirs.send("before", 0)
      let monitor = try scene.ours(.backend, options: ChannelOptions(access: .monitor))
      let messages = monitor.messages
      for number in 0..<50 { try theirs.send("theirs", JSONText(integer: number)) }
      var found: [Message] = []
      for _ in 0..<50 { found.append(try #require(try messages.next(within: .seconds(5)))) }
      #expect(found.numbers(of: "theirs") == Array(0..<50))
      // Only now is there anything of ours in the directory.
      #expect(try !Directory.open(scene.path).names().contains(".transom"))
      let ours = try scene.ours(.frontend)
      let reader = try scene.ours(.backend).messages
      for number in 0..<50 {
        try theirs.send("theirs", JSONText(integer: number))
        try ours.send("ours", JSONText(integer: number))
      }
      found = []
      for _ in 0..<100 { found.append(try #require(try messages.next(within: .seconds(5)))) }
      #expect(found.numbers(of: "theirs") == Array(0..<50) && found.numbers(of: "ours") == Array(0..<50))
      #expect(try messages.next(within: .milliseconds(50)) == nil)
      withExtendedLifetime(reader) {}
    }
  }

  /// One side with two writers, and beside the monitor one who takes in what ipckit writes.
  @Test func losesAndDoublesNothingWhileBothWriteAtFullSpeed() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let reader = Collector(try scene.ours(.frontend))
      let monitor = Collector(try scene.ours(.frontend, options: ChannelOptions(access: .monitor)))
      let theirs = try scene.theirs(.backend)
      let stop = "\(scene.folder)/stop"
      theirs.begin(["do": "flood", "name": "theirs", "count": 1_000_000, "seconds": 20, "stop": "\(stop)"])
      let deadline = ContinuousClock.now + .seconds(2)
      var count = 0
      while ContinuousClock.now < deadline {
        try ours.send("ours", JSONText(integer: count))
        count += 1
      }
      RawFiles.write("", to: stop)
      let flooded: IpckitPeer.Flooded = try theirs.finish(within: .seconds(10))
      for (name, found) in [("reader", reader.finish()), ("monitor", monitor.finish())] {
        #expect(found.failures.isEmpty, "\(found.failures)")
        #expect(found.messages.numbers(of: "ours") == Array(0..<count))
        let numbers = found.messages.numbers(of: "theirs")
        let turned = zip(numbers, numbers.dropFirst()).filter { $0 >= $1 }
        #expect(turned.isEmpty, "\(name): \(turned) among \(found.gaps)")
        #expect(found.gaps.isEmpty ? numbers == flooded.acknowledged : !numbers.isEmpty, "\(found.gaps)")
      }
      print("beside a monitor \(count) events of ours and \(flooded.acknowledged.count) of ipckit's through one window")
    }
  }
}
