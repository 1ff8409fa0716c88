// Channels that are removed, moved, made again or damaged while programs use them.

internal import ChannelMessages
internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import TestSupport
internal import Testing
@testable internal import Transom

@Suite("Upheavals", .timeLimit(.minutes(1))) struct UpheavalTests {
  /// Also one whose files were closed meanwhile, as happens when a process has more channels than it may hold open.
  @Test(arguments: [false, true])
  func aChannelThatIsRemovedIsMadeAgainAndMessagesGoOn(wasLetGo: Bool) async throws {
    try await withEnds { frontend, backend in
      let gaps = Gaps()
      let messages = frontend.messages(onGap: gaps.take)
      try await backend.send("before")
      #expect(try await messages.next()?.method == "before")
      if wasLetGo { frontend.core.letGo() }
      try ScratchDirectory.remove(frontend.path)
      try await backend.send("after")
      #expect(try await messages.next()?.method == "after")
      #expect(gaps.reasons == [.replaced])
    }
  }

  @Test func whatIsAcknowledgedOfAChannelThatWasReplacedSaysNothingOfItsSuccessor() async throws {
    try await withEnds { frontend, backend in
      let deliveries = try frontend.messages(reader: "worker")
      try await backend.send("old")
      let old = try #require(try await deliveries.next())
      try ScratchDirectory.remove(frontend.path)
      try await backend.send("new")
      let new = try #require(try await deliveries.next())
      #expect(new.message.method == "new" && new.number == old.number)
      try await old.acknowledge()
      deliveries.close()
      let again = try await frontend.messages(reader: "worker").next()
      #expect(again?.message.method == "new")
    }
  }

  @Test(arguments: [false, true])
  func aRemovedChannelThatNobodyMayMakeAgainIsAnError(wasLetGo: Bool) async throws {
    try await withScratchDirectory { path in
      _ = try Channel(at: "\(path)/channel", as: .backend)
      let channel = try Channel(at: "\(path)/channel", as: .frontend, options: ChannelOptions(creation: .never))
      let messages = channel.messages
      if wasLetGo { channel.core.letGo() }
      try ScratchDirectory.remove("\(path)/channel")
      let error = await #expect(throws: ChannelError.self) { try await messages.next() }
      #expect(error?.code == .noChannel)
      #expect(error?.path == "\(path)/channel")
      await #expect(throws: ChannelError.self) { try await channel.send("nowhere") }
      await channel.close()
    }
  }

  /// Whoever removes a channel takes the files first, and then the folders, which have to be empty.
  @Test func whoOnlyListensPutsNothingBackWhileAChannelIsRemoved() async throws {
    try await withScratchDirectory { path in
      _ = try Channel(at: "\(path)/channel", as: .backend)
      let options = ChannelOptions(creation: .never)
      let backend = try Channel(at: "\(path)/channel", as: .backend, options: options)
      let channel = try Channel(at: "\(path)/channel", as: .frontend, options: options)
      let messages = channel.messages
      try await backend.send("before")
      #expect(try await messages.next()?.method == "before")
      await backend.close()
      let journal = try Directory.open("\(path)/channel/.transom/backend_to_frontend/journal")
      for name in try journal.names() where name.hasSuffix(".seg") { try journal.unlink(name) }
      // It looks at what is left, and again whenever that changes.
      let nothing = try await onThread { try messages.next(within: .milliseconds(100)) }
      #expect(nothing == nil)
      #expect(try !journal.names().contains { $0.hasSuffix(".seg") })
      try ScratchDirectory.remove("\(path)/channel")
      let error = await #expect(throws: ChannelError.self) { try await messages.next() }
      #expect(error?.code == .noChannel)
      await channel.close()
    }
  }

  @Test func whatAMovedChannelStillHoldsIsReadBeforeItsSuccessor() async throws {
    try await withEnds { frontend, backend in
      let gaps = Gaps()
      let messages = frontend.messages(onGap: gaps.take)
      try await backend.send("old")
      let parent = try Directory.open(frontend.path + "/..")
      try parent.rename("channel", to: "moved", in: parent)
      // Told now and not when the kernel's notice is taken, so that it is certain where the next one goes.
      frontend.core.noticed(.directory)
      try await backend.send("new")
      #expect(try await messages.next()?.method == "old")
      #expect(try await messages.next()?.method == "new")
      #expect(gaps.reasons == [.replaced])
    }
  }

  @Test(arguments: [false, true])
  func aJournalThatIsRemovedIsBegunAnew(isDurable: Bool) async throws {
    try await withEnds { frontend, backend in
      let gaps = Gaps()
      let messages = frontend.messages(onGap: gaps.take)
      let deliveries = isDurable ? try frontend.messages(reader: "worker", onGap: gaps.take) : nil
      func next() async throws -> String? {
        guard let deliveries else { return try await messages.next()?.method }
        let delivery = try await deliveries.next()
        try await delivery?.acknowledge()
        return delivery?.message.method
      }
      try await backend.send("before")
      #expect(try await next() == "before")
      try removeJournal(of: frontend.path)
      try await backend.send("after")
      #expect(try await next() == "after")
      #expect(gaps.reasons.contains(.replaced))
    }
  }

  @Test func randomBytesInTheJournalLoseWhatTheyStoodOnAndSaySo() async throws {
    try await withEnds { frontend, backend in
      let gaps = Gaps()
      for number in 0..<100 { try await backend.send("n\(number)") }
      let journal = try Directory.open("\(frontend.path)/.transom/backend_to_frontend/journal")
      let name = try #require(try journal.names().first { $0.hasSuffix(".seg") })
      let file = try journal.openRegularFile(name, for: .readingAndWriting)
      var random = SeededGenerator(seed: 4)
      let noise = (0..<400).map { _ in UInt8.random(in: 0...255, using: &random) }
      try file.write(noise.span, at: 4_000)
      let messages = frontend.messages(from: .start, onGap: gaps.take)
      for number in 100..<110 { try await backend.send("n\(number)") }
      var names: [String] = []
      while names.last != "n109", let message = try await messages.next() { names.append(message.method ?? "") }
      #expect(Set(names).count == names.count && names.count > 90)
      #expect(gaps.reasons == [.damage])
      #expect(gaps.missing + names.count == 110)
    }
  }

  @Test(arguments: [false, true])
  func aJournalThatIsRemovedIsHeardAgainFromOtherPrograms(wasLetGo: Bool) async throws {
    try await withEnds { frontend, backend in
      let gaps = Gaps()
      let messages = frontend.messages(onGap: gaps.take)
      let peer = try ProcessRun.peer
      #expect(try ProcessRun.run(peer, "channel-send", frontend.path, "before", "1").output == "sent\n")
      #expect(try await messages.next()?.method == "before 0")
      if wasLetGo { frontend.core.letGo() }
      let beginning = Moment.now
      async let next = messages.next()
      try removeJournal(of: frontend.path)
      // The reader has found the new folder, or finds it with the first message there.
      #expect(try ProcessRun.run(peer, "channel-send", frontend.path, "after", "1").output == "sent\n")
      let first = try await next
      #expect(first?.method == "after 0")
      #expect(try ProcessRun.run(peer, "channel-send", frontend.path, "later", "1").output == "sent\n")
      #expect(try await messages.next()?.method == "later 0")
      #expect(gaps.reasons.contains(.replaced))
      // Without notices it would have been found by the next look at everything.
      #expect(Moment.now.duration(since: beginning) < .seconds(15))
    }
  }

  private func removeJournal(of path: String) throws {
    for direction in Direction.allCases {
      try removeUntilGone("\(path)/.transom/\(direction.name)/journal")
    }
  }

  /// Somebody may just be making something in it.
  private func removeUntilGone(_ path: String) throws(SystemError) {
    for _ in 0..<1_000 {
      do throws(SystemError) {
        return try ScratchDirectory.remove(path)
      } catch {
        guard error.code == ENOTEMPTY else { throw error }
      }
    }
    throw SystemError("rmdir", on: path, code: ENOTEMPTY)
  }
}
