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

  @Test func twoImportersAtOnceTakeEachMessageOnce() async throws {
    try await withScratchDirectory { path in
      // Two folders of one process exclude each other as two processes do: by the journal's lock.
      let folders = try (0..<2).map { _ in
        try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      }
      let peer = PeerScene(path: "\(path)/channel", side: .frontend)
      let writer = try Channel(at: "\(path)/channel", as: .frontend)
      for round in 0..<40 {
        peer.publish((0...round).map { PeerScene.event("\($0)") })
        try await withThrowingTaskGroup(of: Void.self) { group in
          for folder in folders {
            group.addTask {
              let importer = try folder.window(.frontendToBackend).importer
              while case .busy = try importer.importAtOnce() { await Task.yield() }
            }
          }
          try await group.waitForAll()
        }
      }
      let reader = JournalReader(try folders[0].direction(.frontendToBackend), after: .none)
      var ids: [String] = []
      while let stretch = try reader.next() {
        for record in stretch.records where record.kind == .foreign {
          ids.append(try Message(Array(stretch.bytes[record.content])).id)
        }
      }
      #expect(ids == (0..<40).map(String.init))
      await writer.close()
    }
  }

  /// An importer that died between appending and remembering: the mark leads the next one to what it appended.
  @Test func whatADeadImporterAppendedIsNotTakenInAgain() throws {
    try withScratchDirectory { path in
      let peer = PeerScene(path: "\(path)/channel", side: .frontend)
      let folder = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      let importer = try folder.window(.frontendToBackend).importer
      peer.publish([PeerScene.event("1")])
      _ = try importer.importAtOnce()
      let ids = "\(path)/channel/.transom/frontend_to_backend/ids"
      let before = RawFiles.bytes(ids)
      peer.publish([PeerScene.event("1"), PeerScene.event("2"), PeerScene.event("3")])
      _ = try importer.importAtOnce()
      // As the file was but for the mark.
      var torn = before
      torn.replaceSubrange(ImportedIDs.markPlace, with: RawFiles.bytes(ids)[ImportedIDs.markPlace])
      RawFiles.overwrite(ids, with: torn)
      let next = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      guard case .found(let found) = try next.window(.frontendToBackend).importer.importAtOnce() else {
        Issue.record("nobody else holds the lock")
        return
      }
      #expect(found.importedCount == 0)
    }
  }

  /// A program that only sends is told of nothing: it reads the window when it writes there itself.
  @Test func onlyWhatLayThereAtTheFirstReadingIsAsOldAsItSays() throws {
    try withScratchDirectory { path in
      let peer = PeerScene(path: "\(path)/channel", side: .frontend)
      let folder = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      let importer = try folder.window(.frontendToBackend).importer
      let (now, hour) = (WallTime(FileTime.now()).milliseconds, UInt64(3_600_000))
      for id in ["1", "2"] {
        try peer.send(PeerScene.event(id, at: now - hour))
        _ = try importer.importAtOnce()
      }
      let reader = JournalReader(try folder.direction(.frontendToBackend), after: .none)
      var times: [UInt64] = []
      while let stretch = try reader.next() { times += stretch.records.map(\.time.milliseconds) }
      #expect(times.count == 2 && times[0] == now - hour && times[1] >= now)
    }
  }

  @Test func aRemovedMemoryIsMadeAnewFromTheJournal() throws {
    try withScratchDirectory { path in
      let peer = PeerScene(path: "\(path)/channel", side: .frontend)
      let folder = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      let importer = try folder.window(.frontendToBackend).importer
      peer.publish((0..<20).map { PeerScene.event("\($0)") })
      _ = try importer.importAtOnce()
      RawFiles.remove("\(path)/channel/.transom/frontend_to_backend/ids")
      peer.publish((0..<21).map { PeerScene.event("\($0)") })
      guard case .found(let found) = try importer.importAtOnce() else {
        Issue.record("nobody else holds the lock")
        return
      }
      #expect(found.importedCount == 1)
    }
  }
}
