import ChannelMessages
import ChannelModel
import LinuxIO
import TestSupport
import Testing

@testable import Transom

/// What 1.0 programs see of what we send.
@Suite struct ProjectingTests {
  /// A channel whose backend is ours and whose frontend speaks 1.0.
  static func withPeer(
    options: ChannelOptions = ChannelOptions(),
    isNew: Bool = true,
    _ body: (_ ours: Channel, _ peer: PeerScene, _ troubles: ToldTroubles) async throws -> Void
  ) async throws {
    try await withScratchDirectory { path in
      if !isNew {
        _ = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
        RawFiles.age("\(path)/channel/.transom/key", seconds: 60)
      }
      let troubles = ToldTroubles()
      let ours = try Channel(at: "\(path)/channel", as: .backend, options: options, onTrouble: troubles.tell)
      do {
        try await body(ours, PeerScene(path: "\(path)/channel", side: .frontend), troubles)
      } catch {
        await ours.close()
        throw error
      }
      await ours.close()
    }
  }

  @Test func whatWasSentIsInTheWindowWhenSendReturns() async throws {
    try await Self.withPeer { ours, peer, _ in
      for number in 1...20 {
        let receipt = try await ours.send("count", JSONText(integer: number))
        let last = try #require(try peer.received().last)
        #expect(last.id == receipt.id && last.payload == JSONText(integer: number))
      }
      let receipts = try await ours.send(contentsOf: (0..<30).map { .event("batch", JSONText(integer: $0)) })
      #expect(try peer.received().suffix(30).map(\.id) == receipts.map(\.id))
      #expect(RawFiles.read(peer.path + "/backend_to_frontend.lock") == nil)
    }
  }

  @Test(arguments: [0, 601]) func whatKilledProgramsLeftInStagingGoesOnceItIsOld(_ age: UInt64) throws {
    try withScratchDirectory { path in
      var options = ChannelFolder.Options()
      options.clock = { WallTime(nanoseconds: ChannelFolder.wallClock().nanoseconds + age * 1_000_000_000) }
      let folder = try ChannelFolder.open("\(path)/channel", options: options)
      let staging = "\(path)/channel/.transom/staging/"
      for name in ["lock-1f-1", "read-1f-1", "seen-backend_to_frontend-5-0-0", "other-1f-1"] {
        RawFiles.write("", to: staging + name)
      }
      RawFiles.makeDirectory(staging + "lock-1f-2")
      let direction = try folder.direction(.backendToFrontend)
      let draft = try Outgoing.event("e").draft(at: options.clock(), path: path)
      let deadline = Moment.now.advanced(by: .seconds(10))
      let number = try direction.log.append([draft], until: deadline).numbers.upperBound
      // Twice: what this process holds ready itself is taken away with the old, and made anew.
      for _ in 0..<2 { try folder.window(.backendToFrontend).projector.show(through: number, until: deadline) }
      try folder.window(.backendToFrontend).projector.clear(until: deadline)
      let left = Set(try folder.direction(.backendToFrontend).staging.directory.names())
      let expected: Set = ["other-1f-1", "lock-1f-2"]
      let young: Set = ["lock-1f-1", "read-1f-1", "seen-backend_to_frontend-5-0-0"]
      #expect(left.isSuperset(of: expected) && left.intersection(young) == (age == 0 ? young : []), "\(left)")
    }
  }

  /// As long as nobody knows that no 1.0 reader is there: they drop what shares a millisecond, and repeat it.
  @Test func timestampsRiseStrictlyAndNothingYoungIsCutWhileAReaderMayBeThere() async throws {
    try await Self.withPeer { ours, peer, _ in
      for number in 0..<250 { try await ours.send("e", JSONText(integer: number)) }
      let shown = try peer.received()
      #expect(shown.map(\.payload) == (0..<250).map { JSONText(integer: $0) })
      #expect(zip(shown, shown.dropFirst()).allSatisfy { $0.timestamp < $1.timestamp })
    }
  }

  @Test func aPeersMessagesStayAsTheyAreAndOursJoinBehind() async throws {
    try await Self.withPeer { ours, peer, _ in
      let theirs = PeerScene(path: peer.path, side: .backend)
      let element =
        #"{ "id" : "x\/1", "timestamp": 5, "type":"event", "method":"m", "payload": {"b":1.10, "a":[1e2]}, "more":[ 1 ] }"#
      theirs.publish([element])
      try await ours.send("ours")
      let text = try #require(RawFiles.read(peer.otherWindow))
      #expect(text.contains(element))
      #expect(try peer.received().map(\.method) == ["m", "ours"])
    }
  }

  @Test func whatAStaleCopyDroppedComesBack() async throws {
    try await Self.withPeer { ours, peer, _ in
      let theirs = PeerScene(path: peer.path, side: .backend)
      try await ours.send("first")
      let stale = try #require(RawFiles.read(peer.otherWindow))
      for number in 0..<5 { try await ours.send("e", JSONText(integer: number)) }
      RawFiles.replace(theirs.window, with: stale)
      try await ours.send("last")
      #expect(try Set(peer.received().compactMap(\.method)) == ["first", "e", "last"])
      #expect(try peer.received().count == 7)
    }
  }

  @Test func aClearByAPeerHidesWhatWasShownAndNothingElse() async throws {
    // Not in the first second of a channel, where it is the opening of a 1.0 program.
    try await Self.withPeer(isNew: false) { ours, peer, _ in
      for number in 0..<5 { try await ours.send("e", JSONText(integer: number)) }
      RawFiles.write("[]", to: peer.otherWindow)
      try await ours.send("after")
      #expect(try peer.received().map(\.method) == ["after"])
    }
  }

  @Test func aWindowThatAPeerMadeEmptyWhileTheChannelWasMadeIsRestored() async throws {
    try await Self.withPeer { ours, peer, _ in
      try await ours.send("first")
      RawFiles.write("[]", to: peer.otherWindow)
      try await ours.send("second")
      #expect(try peer.received().map(\.method) == ["first", "second"])
    }
  }

  @Test func clearEmptiesBothArraysAndLosesNothingForNatives() async throws {
    try await Self.withPeer { ours, peer, _ in
      let messages = ours.messages
      let iterator = messages.makeAsyncIterator()
      try await ours.send("shown")
      try peer.send(PeerScene.event("1"))
      try await ours.clear()
      #expect(try peer.received().isEmpty && peer.shown().isEmpty)
      #expect(try await iterator.next()?.id == "1")
      try await ours.send("later")
      #expect(try peer.received().map(\.method) == ["later"])
    }
  }

  @Test func whatMayBeShownLaterIsShownByClosing() async throws {
    try await Self.withPeer(options: ChannelOptions(visibility: .within(.seconds(600)))) { ours, peer, _ in
      for number in 0..<300 { try await ours.send("e", JSONText(integer: number)) }
      #expect(try peer.received().isEmpty)
      await ours.close()
      #expect(try peer.received().last?.payload == JSONText(integer: 299))
    }
  }

  @Test func whatMayBeShownLaterIsShownInTime() async throws {
    try await Self.withPeer(options: ChannelOptions(visibility: .within(.milliseconds(30)))) { ours, peer, _ in
      try await ours.send("e")
      try await eventually { try peer.received().count == 1 }
    }
  }

  @Test(arguments: [ChannelOptions.Durability.power, .powerWindow])
  func durableSendsAreShownToo(_ durability: ChannelOptions.Durability) async throws {
    try await Self.withPeer(options: ChannelOptions(durability: durability)) { ours, peer, _ in
      for _ in 0..<3 { try await ours.send("e") }
      #expect(try peer.received().count == 3)
    }
  }

  @Test func aRequestThatNobodyAnswersIsShown() async throws {
    try await Self.withPeer { ours, peer, _ in
      async let answer: JSONText = ours.request("ping", ["n": 1], timeout: .seconds(20))
      try await eventually { try peer.received().count == 1 }
      let request = try #require(try peer.received().first)
      #expect(request.kind == .request && request.method == "ping")
      try peer.send(
        #"{"id":"a","timestamp":1,"type":"response","reply_to":"\#(request.id)","payload":{"pong":true}}"#
      )
      #expect(try await answer == ["pong": true])
    }
  }
}
