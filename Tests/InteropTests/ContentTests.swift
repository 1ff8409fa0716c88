// What stands in messages, between an end of ours and one of ipckit's.

internal import ChannelMessages
internal import LinuxIO
internal import TestSupport
internal import Testing
internal import Transom

/// Text, numbers, nothing, and keys that 1.0 does not know.
@Suite("Content beside ipckit", .timeLimit(.minutes(1))) struct ContentTests {
  static let texts = [
    "Grüße", "e\u{301}", "世界", "👩‍🚀🏳️‍🌈", "\u{2028}\u{2029}", "\u{FEFF}mark", "\u{0}\u{1}\u{1F}\u{7F}", "\u{10FFFF}",
    "\u{5E9}\u{5DC}\u{5D5}\u{5DD}", #"quote " back \ slash / end"#, "line\nbreak\ttab\r", "",
  ]

  @Test(arguments: Side.allCases) func anyTextGoesBothWaysAsMethodKeyAndValue(_ side: Side) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(side)
      let theirs = try scene.theirs(side.other)
      let collector = Collector(ours)
      for text in Self.texts {
        try ours.send(text, ["\(text)": "\(text)"])
        try theirs.send(text, ["\(text)": "\(text)"])
      }
      let received = try theirs.receive(atLeast: Self.texts.count)
      #expect(received.map(\.method) == Self.texts)
      collector.awaitCount(Self.texts.count, within: .seconds(5))
      let found = collector.finish()
      #expect(found.messages.map(\.method) == Self.texts)
      for (place, text) in Self.texts.enumerated() where place < min(received.count, found.messages.count) {
        let theirPayload = try JSONText(validating: Array(received[place].payload.utf8))
        #expect(try theirPayload.decode([String: String].self) == [text: text])
        #expect(try found.messages[place].payload.decode([String: String].self) == [text: text])
      }
    }
  }

  /// As text a number is ours to keep; ipckit reads it as a value, and that must be the same value.
  @Test func numbersOfOursKeepTheirTextForUsAndTheirValueForIt() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let native = try scene.ours(.frontend)
      let theirs = try scene.theirs(.frontend)
      let messages = native.messages
      let text = "[1.10,1e2,-0,18446744073709551615,-9223372036854775808,18446744073709551616,1E+3,5e-324,0.1,1e16]"
      try ours.send("numbers", try JSONText(validating: Array(text.utf8)))
      #expect(try messages.next(within: .seconds(5))?.payload.description == text)
      let seen = try theirs.receive()
      // As Python writes what it was given.
      let values =
        "[1.1,100.0,-0.0,18446744073709551615,-9223372036854775808,1.8446744073709552e+19,1000.0,5e-324,0.1,1e+16]"
      #expect(seen.map(\.payload) == [values])
    }
  }

  @Test func numbersOfItsComeAsItWritesThem() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.frontend)
      let theirs = try scene.theirs(.backend)
      let messages = ours.messages
      let text = "[1.10,1e2,-0.0,18446744073709551615,-9223372036854775808,0.1,1e-6,5e-324,1e15]"
      try theirs.send("numbers", try JSONText(validating: Array(text.utf8)))
      let message = try #require(try messages.next(within: .seconds(5)))
      #expect(
        message.compactPayload
          == "[1.1,100.0,-0.0,18446744073709551615,-9223372036854775808,0.1,1e-6,5e-324,1000000000000000.0]"
      )
    }
  }

  @Test(arguments: Side.allCases) func nothingIsNullBothWays(_ side: Side) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(side)
      let theirs = try scene.theirs(side.other)
      let messages = ours.messages
      try ours.send("nothing")
      #expect(try theirs.receive().map(\.payload) == ["null"])
      try theirs.send("nothing")
      #expect(try messages.next(within: .seconds(5))?.payload == .null)
    }
  }

  @Test func unknownKeysOfOursDoNotDisturbIt() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let native = try scene.ours(.frontend)
      let theirs = try scene.theirs(.frontend)
      let messages = native.messages
      let field = try #require(MessageField(name: "trace", value: ["span": 7, "deep": [[[1]]]]))
      try ours.send(contentsOf: [.event("traced", 1, fields: [field])])
      #expect(try theirs.receive().map(\.method) == ["traced"])
      #expect(try messages.next(within: .seconds(5))?.unknownFields == [field])
    }
  }

  @Test func unknownKeysOfAnother10ProgramComeOutOfUs() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.frontend)
      _ = try scene.theirs(.backend)
      let messages = ours.messages
      RawFiles.replace(
        scene.window(writtenBy: .backend),
        with: #"[{"id":"1","trace":"x","timestamp":5,"type":"event","method":"m","payload":null,"n":1.10}]"#
      )
      let message = try #require(try messages.next(within: .seconds(5)))
      #expect(message.unknownFields.map(\.name) == ["trace", "n"])
      #expect(message.unknownFields.map(\.value.description) == [#""x""#, "1.10"])
    }
  }

  /// ipckit writes the whole array anew: our messages come back with other white space, sorted keys and without those
  /// that it does not know.
  @Test func whatItRewritesIsNotTakenForNew() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let native = try scene.ours(.frontend)
      let sharing = try scene.theirs(.backend)
      let theirs = try scene.theirs(.frontend)
      let collector = Collector(native)
      let field = try #require(MessageField(name: "trace", value: "abc"))
      for number in 0..<10 {
        let payload: JSONText = ["z": JSONText(integer: number), "n": JSONText(integer: number), "a": 1.5]
        try ours.send(contentsOf: [.event("ours", payload, fields: [field])])
        try sharing.send("theirs", JSONText(integer: number))
      }
      collector.awaitCount(20, within: .seconds(5))
      let found = collector.finish()
      #expect(found.messages.numbers(of: "ours") == Array(0..<10))
      #expect(found.messages.numbers(of: "theirs") == Array(0..<10))
      #expect(found.messages.filter { $0.method == "ours" }.allSatisfy { $0.unknownFields == [field] })
      #expect(found.gaps == [])
      #expect(found.failures == [])
      #expect(try theirs.receive().count == 20)
    }
  }
}
