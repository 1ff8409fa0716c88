// Windows that ipckit cannot read any more.

internal import ChannelMessages
internal import LinuxIO
internal import TestSupport
internal import Testing
internal import Transom

/// One bad byte stops a 1.0 program's receiving and its sending until somebody repairs the window. We do.
@Suite("Bad content beside ipckit", .timeLimit(.minutes(1))) struct BadContentTests {
  struct Content: CustomTestStringConvertible {
    let testDescription: String
    let text: String
    /// What can be read of it all the same.
    let good: [String]
    /// Whether it is reported as a window that is no array of messages.
    let isMalformed: Bool
  }

  private static func element(_ name: String) -> String {
    #"{"id":"\#(name)","timestamp":5,"type":"event","method":"\#(name)","payload":null}"#
  }

  private static let headless = #"{"timestamp":5,"type":"event","method":"m","payload":1}"#

  static let contents = [
    Content(
      testDescription: "a torn window",
      text: "[\(element("whole")),{\"id\":\"a\",\"timest",
      good: [],
      isMalformed: true
    ),
    Content(
      testDescription: "zero bytes",
      text: String(repeating: "\0", count: 64),
      good: [],
      isMalformed: true
    ),
    Content(
      testDescription: "one element without an id",
      text: "[\(element("first")),\(headless),\(element("last"))]",
      good: ["first", "last"],
      isMalformed: false
    ),
  ]

  @Test(arguments: contents) func isSetAsideAndBothGoOn(_ content: Content) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let native = try scene.ours(.frontend)
      let sharing = try scene.theirs(.backend)
      let theirs = try scene.theirs(.frontend)
      let collector = Collector(native)
      try ours.send("before")
      #expect(try theirs.receive().map(\.method) == ["before"])
      RawFiles.write(content.text, to: scene.window(writtenBy: .backend))
      expectBricked(receiver: theirs, sender: sharing)
      // What is good in it is taken in as soon as somebody has the time: only then is it surely before the next.
      collector.awaitCount(1 + content.good.count, within: .seconds(5))

      try ours.send("after")
      let seen = try theirs.receive(atLeast: 1)
      #expect(seen.contains { $0.method == "after" }, "\(seen)")
      scene.awaitClock(after: seen)
      try sharing.send("theirs")
      #expect(try theirs.receive(atLeast: 1).map(\.method) == ["theirs"])
      collector.awaitCount(3 + content.good.count, within: .seconds(5))
      let found = collector.finish()
      #expect(found.messages.compactMap(\.method) == ["before"] + content.good + ["after", "theirs"])
      #expect(found.failures == [])

      // Nothing is thrown away unseen, and somebody is told.
      let bytes = try scene.quarantined(writtenBy: .backend)
      let isKept = bytes.contains { content.isMalformed ? $0 == content.text : $0.contains(Self.headless) }
      #expect(isKept, "\(bytes)")
      let troubles = scene.troubles
      #expect(Set(troubles.map(\.code)) == [.malformedWindow], "\(troubles)")
    }
  }

  private func expectBricked(receiver: IpckitPeer, sender: IpckitPeer) {
    #expect(isRefused { _ = try receiver.receive() })
    #expect(isRefused { try sender.send("never") })
  }

  /// Whether ipckit raises something at it.
  private func isRefused(_ attempt: () throws -> Void) -> Bool {
    do {
      try attempt()
      return false
    } catch {
      return error is IpckitPeer.Failure
    }
  }
}
