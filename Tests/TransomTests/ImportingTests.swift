import ChannelMessages
import ChannelModel
import LinuxIO
import TestSupport
import Testing

@testable import Transom

/// What we get of what 1.0 programs write.
@Suite struct ImportingTests {
  /// The next messages, with the troubles and gaps told meanwhile.
  static func take(_ count: Int, from messages: Messages) async throws -> [Message] {
    var taken: [Message] = []
    for try await message in messages {
      taken.append(message)
      if taken.count == count { break }
    }
    return taken
  }

  @Test func everyMessageComesOnceWhoeverRewritesTheArray() async throws {
    try await ProjectingTests.withPeer { ours, peer, _ in
      let messages = ours.messages
      for number in 0..<30 { try peer.send(PeerScene.event("\(number)", "\(number)", at: 5)) }
      let taken1 = try await Self.take(30, from: messages)
      #expect(taken1.map(\.id) == (0..<30).map(String.init))
      // Rewritten from a stale copy, cleared and filled again, replaced by its newest alone: nothing comes twice.
      peer.publish([PeerScene.event("28", "28", at: 5), PeerScene.event("29", "29", at: 5)])
      peer.publish([])
      peer.publish([PeerScene.event("29", "29", at: 5)])
      try peer.send(PeerScene.event("new"))
      let taken2 = try await Self.take(1, from: messages)
      #expect(taken2.map(\.id) == ["new"])
    }
  }

  @Test func oneIDForTwoMessagesIsTwoMessages() async throws {
    try await ProjectingTests.withPeer { ours, peer, _ in
      let messages = ours.messages
      let twins = [
        PeerScene.event("1", "1", at: 7), PeerScene.event("1", "2", at: 7), PeerScene.event("1", "3", at: 8),
      ]
      peer.publish(twins)
      let taken3 = try await Self.take(3, from: messages)
      #expect(taken3.map(\.payload) == [1, 2, 3])
      peer.publish(twins + [PeerScene.event("1", "4", at: 1 << 62)])
      let taken4 = try await Self.take(1, from: messages)
      #expect(taken4.map(\.payload) == [4])
    }
  }

  @Test func whatAKilledSenderHadHalfWrittenIsSweptAndNotToldAsMalformed() async throws {
    try await ProjectingTests.withPeer { ours, peer, troubles in
      let staging = "\(peer.path)/.transom/staging"
      RawFiles.write("[" + PeerScene.event("1") + ",\n{\"id\":\"2", to: "\(staging)/backend_to_frontend.json-0-1")
      try await ours.send("next")
      #expect(try peer.received().count == 1)
      #expect(troubles.all.isEmpty)
      #expect(try !Directory.open(staging).names().contains { $0.hasPrefix("backend_to_frontend.json-") })
    }
  }

  @Test func requestsAreAnsweredInTheirOwnArray() async throws {
    try await ProjectingTests.withPeer { ours, peer, _ in
      _ = ours.respond(to: "double") { (number: Int) in number * 2 }
      let now = WallTime(FileTime.now()).milliseconds
      try peer.send(
        #"{"id":"q1","timestamp":\#(now),"type":"request","method":"double","payload":21}"#,
        #"{"id":"q2","timestamp":\#(now),"type":"request","method":"double","payload":"no number"}"#
      )
      try await eventually { try peer.received().count == 2 }
      let answers = try peer.received()
      #expect(answers.first { $0.replyTo == "q1" }?.payload == 42)
      #expect(answers.first { $0.replyTo == "q2" }?.error != nil)
    }
  }

  @Test func aRequestOfLastWeekIsNotRun() async throws {
    try await ProjectingTests.withPeer { ours, peer, _ in
      let now = WallTime(FileTime.now()).milliseconds
      try peer.send(PeerScene.request("old", "run", at: now - 700_000_000), PeerScene.request("new", "run", at: now))
      _ = ours.respond(to: "run") { (request: Message) in .null }
      try await eventually { try peer.received().count == 1 }
      #expect(try peer.received().map(\.replyTo) == ["new"])
    }
  }

  @Test func whatIsNoMessageIsSetAsideAndItsNeighboursComeThrough() async throws {
    try await ProjectingTests.withPeer { ours, peer, troubles in
      let messages = ours.messages
      let bad = [
        #"{"timestamp":1,"type":"event","method":"e","payload":null}"#, "7", "[]",
        #"{"id":"x","timestamp":-5,"type":"event","payload":1}"#,
        #"{"id":"x","timestamp":5,"type":"Event","payload":1}"#,
      ]
      peer.publish([PeerScene.event("a")] + bad + [PeerScene.event("b")])
      let taken5 = try await Self.take(2, from: messages)
      #expect(taken5.map(\.id) == ["a", "b"])
      let trouble = try #require(try await troubles.first(.malformedWindow))
      #expect(trouble.path == peer.window && trouble.what.contains("element 1") && trouble.what.contains("quarantine"))
      try await eventually { troubles.all.count == bad.count }
      // The next to send in that direction leaves them out, and 1.0 programs can go on.
      let frontend = try Channel(at: peer.path, as: .frontend)
      try await frontend.send("c")
      #expect(try peer.shown().map(\.method) == ["e", "e", "c"])
      await frontend.close()
    }
  }

  static let hostile: [(name: String, text: String)] = [
    ("NULs", String(repeating: "\0", count: 64)),
    ("a byte order mark", "\u{FEFF}[]"),
    ("half an array", "[" + PeerScene.event("a") + ",{\"id\":"),
    ("no array", "{\"a\":1}"),
    ("junk behind", "[] x"),
    ("deep", String(repeating: "[", count: 200_000)),
  ]

  @Test(arguments: hostile.indices)
  func aWindowThatStaysMalformedIsKeptAndTakenOver(_ place: Int) async throws {
    try await ProjectingTests.withPeer { ours, peer, troubles in
      let messages = ours.messages
      RawFiles.replace(peer.window, with: Self.hostile[place].text)
      let trouble = try #require(try await troubles.first(.malformedWindow))
      #expect(trouble.path == peer.window && trouble.what.contains("byte"), "\(trouble)")
      let kept = try #require(trouble.what.split(separator: " ").last.map(String.init))
      #expect(RawFiles.read(kept) == Self.hostile[place].text)
      let frontend = try Channel(at: peer.path, as: .frontend)
      try await frontend.send("over it")
      #expect(try peer.shown().map(\.method) == ["over it"])
      try peer.send(PeerScene.event("on"))
      let taken6 = try await Self.take(2, from: messages)
      #expect(taken6.map(\.method) == ["over it", "e"])
      await frontend.close()
    }
  }

  @Test func aDeepMessageIsDeliveredAndNotShownAgain() async throws {
    try await ProjectingTests.withPeer { ours, peer, troubles in
      let messages = ours.messages
      let deep = String(repeating: "[", count: 130) + String(repeating: "]", count: 130)
      peer.publish([PeerScene.event("deep", deep), PeerScene.event("a")])
      let taken7 = try await Self.take(2, from: messages)
      #expect(taken7.map(\.id) == ["deep", "a"])
      #expect(try await troubles.first(.malformedWindow)?.what.contains("126") == true)
      let frontend = try Channel(at: peer.path, as: .frontend)
      try await frontend.send("b")
      #expect(try peer.shown().map(\.id).first == "a")
      await frontend.close()
    }
  }

  @Test func aWriterInPlaceIsWaitedFor() async throws {
    try await ProjectingTests.withPeer { ours, peer, troubles in
      let messages = ours.messages
      let whole = "[" + (0..<50).map { PeerScene.event("\($0)") }.joined(separator: ",") + "]"
      RawFiles.write("", to: peer.window)
      RawFiles.write(String(whole.prefix(1_000)), to: peer.window)
      RawFiles.write(whole, to: peer.window)
      let taken8 = try await Self.take(50, from: messages)
      #expect(taken8.map(\.id) == (0..<50).map(String.init))
      #expect(troubles.all.isEmpty)
    }
  }

  enum Obstacle: CaseIterable {
    case directory, fifo, symlink, socket
  }

  @Test(arguments: Obstacle.allCases)
  func whatIsNoFileInTheWindowsPlaceIsAnErrorThatSaysSo(_ obstacle: Obstacle) async throws {
    try await ProjectingTests.withPeer { ours, peer, troubles in
      let messages = ours.messages
      for window in [peer.window, peer.otherWindow] {
        RawFiles.remove(window)
        switch obstacle {
        case .directory: RawFiles.makeDirectory(window)
        case .fifo: RawFiles.makeFIFO(window)
        case .symlink: RawFiles.makeSymlink(window, to: "/etc/passwd")
        case .socket: RawFiles.makeSocket(window)
        }
      }
      let error = await #expect(throws: ChannelError.self) { try await ours.send("e") }
      #expect(
        error?.code == .notProjected && error?.path == peer.otherWindow && error?.hint.isEmpty == false,
        "\(error!)"
      )
      // Natives get it all the same.
      let frontend = try Channel(at: peer.path, as: .frontend, onTrouble: troubles.tell)
      let iterator = frontend.messages.makeAsyncIterator()
      let second = await #expect(throws: ChannelError.self) { try await ours.send("second") }
      #expect(second?.code == .notProjected)
      #expect(try await iterator.next()?.method == "second")
      #expect(try await troubles.first(.refused) != nil)
      for window in [peer.window, peer.otherWindow] {
        #expect(RawFiles.rename(window, to: window + ".away"))
      }
      try await ours.send("third")
      #expect(try peer.received().map(\.method).contains("second"))
      withExtendedLifetime(messages) {}
      await frontend.close()
    }
  }

  @Test(arguments: Obstacle.allCases)
  func whatIsNoFileInTheLocksPlaceIsAnErrorThatSaysSo(_ obstacle: Obstacle) async throws {
    try await ProjectingTests.withPeer(options: ChannelOptions(sendTimeout: .milliseconds(300))) { ours, peer, _ in
      let lock = PeerScene(path: peer.path, side: .backend).lock
      switch obstacle {
      case .directory: RawFiles.makeDirectory(lock)
      case .fifo: RawFiles.makeFIFO(lock)
      case .symlink: RawFiles.makeSymlink(lock, to: "nowhere")
      case .socket: RawFiles.makeSocket(lock)
      }
      let error = await #expect(throws: ChannelError.self) { try await ours.send("e") }
      #expect(error?.code == .notProjected && error?.path == lock, "\(error!)")
    }
  }

  @Test func aWindowOverTheLimitIsRefusedAndNotRead() async throws {
    try await ProjectingTests.withPeer { ours, peer, troubles in
      let messages = ours.messages
      RawFiles.makeSparse(peer.window + ".aside", size: 100 << 20)
      #expect(RawFiles.rename(peer.window + ".aside", to: peer.window))
      let trouble = try #require(try await troubles.first(.refused))
      #expect(trouble.path == peer.window && trouble.what.contains("over the limit"))
      peer.publish([PeerScene.event("small again")])
      let taken9 = try await Self.take(1, from: messages)
      #expect(taken9.map(\.id) == ["small again"])
    }
  }

  @Test func moreThanAWindowHoldsIsToldAsAGap() async throws {
    try await ProjectingTests.withPeer { ours, peer, _ in
      let gaps = Gaps()
      let messages = ours.messages(onGap: gaps.take)
      peer.publish([PeerScene.event("first")])
      let taken10 = try await Self.take(1, from: messages)
      #expect(taken10.count == 1)
      peer.publish((0..<100).map { PeerScene.event("\($0)") })
      let taken11 = try await Self.take(100, from: messages)
      #expect(taken11.count == 100)
      #expect(gaps.reasons == [.windowOverrun])
    }
  }
}
