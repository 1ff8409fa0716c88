// What our API says of windows, as a 1.0 program sees it.

internal import ChannelMessages
internal import LinuxIO
internal import TestSupport
internal import Testing
internal import Transom

@Suite("Calls about windows beside ipckit", .timeLimit(.minutes(1))) struct WindowCallTests {
  /// Ours takes first what nobody has read, and empties one direction after the other; ipckit's own would lose both.
  @Test func ourClearEmptiesBothDirectionsForItAndTakesNothingFromUs() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let other = try scene.ours(.frontend)
      let (toBackend, toFrontend) = (Collector(ours), Collector(other))
      let theirFrontend = try scene.theirs(.frontend)
      let theirBackend = try scene.theirs(.backend)
      for number in 0..<5 {
        try ours.send("ours", JSONText(integer: number))
        try theirBackend.send("theirs", JSONText(integer: number))
        try theirFrontend.send("theirs", JSONText(integer: number))
      }
      try ours.clear()
      #expect(try scene.theirs(.frontend).receive() == [])
      #expect(try scene.theirs(.backend).receive() == [])

      try ours.send("ours", 5)
      try theirBackend.send("theirs", 5)
      try theirFrontend.send("theirs", 5)
      #expect(try scene.theirs(.frontend).receive().map(\.method) == ["ours", "theirs"])
      #expect(try scene.theirs(.backend).receive().map(\.method) == ["theirs"])
      toFrontend.awaitCount(12, within: .seconds(5))
      toBackend.awaitCount(6, within: .seconds(5))
      let (fromBackend, fromFrontend) = (toFrontend.finish(), toBackend.finish())
      #expect(fromBackend.messages.numbers(of: "ours") == Array(0...5))
      #expect(fromBackend.messages.numbers(of: "theirs") == Array(0...5))
      #expect(fromFrontend.messages.numbers(of: "theirs") == Array(0...5))
      #expect(fromBackend.gaps.isEmpty && fromFrontend.gaps.isEmpty)
      #expect(scene.troubles == [])
    }
  }

  @Test func aWindowThatMayBeLateShowsAllAndIsCompleteAtTheEnd() async throws {
    try await InteropScene.run { scene in
      var options = ChannelOptions()
      options.visibility = .within(.milliseconds(50))
      let ours = try scene.ours(.backend, options: options)
      let theirs = try scene.theirs(.frontend)
      try ours.send("late", 0)
      #expect(try theirs.receive(atLeast: 1, within: .seconds(2)).map(\.payload) == ["0"])
      let count = 1_000
      theirs.begin([
        "do": "poll", "interval": 0.01, "seconds": 20, "until": "flood", "count": JSONText(integer: count),
      ])
      for number in 0..<count { try ours.send("flood", JSONText(integer: number)) }
      let polled: IpckitPeer.Polled = try theirs.finish(within: .seconds(25))
      #expect(polled.deliveries == (0..<count).map { IpckitPeer.Delivery("flood", $0) })
      try ours.send("last")
      ours.close()
      #expect(try theirs.receive().map(\.method) == ["last"])
    }
  }

  @Test func aWindowThatIsFlushedIsReadLikeAnyOther() async throws {
    try await InteropScene.run(on: .disk) { scene in
      var options = ChannelOptions()
      options.durability = .powerWindow
      let ours = try scene.ours(.backend, options: options)
      let theirs = try scene.theirs(.frontend)
      for number in 0..<10 {
        try ours.send("flushed", JSONText(integer: number))
        #expect(try theirs.receive().map(\.payload) == ["\(number)"])
      }
    }
  }

  /// What ipckit can write and never read again is refused before anything is written.
  @Test func whatWouldBrickItIsRefused() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let theirs = try scene.theirs(.frontend)
      let nesting = String(repeating: "[", count: 126) + String(repeating: "]", count: 126)
      for text in [nesting, "1e400", #""\ud800""#] {
        let payload = try JSONText(validating: Array(text.utf8))
        let error = #expect(throws: ChannelError.self) { _ = try ours.send("poison", payload) }
        #expect(error?.code == .wouldPoisonPeer, "\(text)")
      }
      let deep = String(repeating: "[", count: 125) + String(repeating: "]", count: 125)
      try ours.send("deep", try JSONText(validating: Array(deep.utf8)))
      #expect(try theirs.receive().map(\.payload) == [deep])
    }
  }
}
