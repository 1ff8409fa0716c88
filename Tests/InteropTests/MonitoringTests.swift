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
}
