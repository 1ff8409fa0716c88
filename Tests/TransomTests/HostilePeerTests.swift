// What somebody may do who owns the other end of a channel, and what it must not cost.

internal import ChannelMessages
internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Synchronization
internal import TestSupport
internal import Testing
@testable internal import Transom

@Suite("A hostile peer", .timeLimit(.minutes(1))) struct HostilePeerTests {
  struct Nested: Codable, Sendable {
    let a: [Nested]
    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      var all: [Nested] = []
      while !container.isAtEnd { all.append(try container.decode(Nested.self)) }
      a = all
    }
    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      for inner in a { try container.encode(inner) }
    }
  }

  /// Takes a file's flock as another process would, until the hold is let go.
  private func hold(_ path: String) throws -> HeldFlock { try HeldFlock(path) }

  private func journalLock(_ channel: Channel, _ direction: Direction) -> String {
    "\(channel.path)/.transom/\(ChannelLayout.Hidden.folder(direction))/journal/lock"
  }

  @Test func deepNestingIsDecodedOnAnyThread() async throws {
    try await withEnds { frontend, backend in
      backend.respondInline(to: "inline") { (message: Message) throws -> JSONText in
        _ = try message.payload.decode(Nested.self)
        return JSONText(integer: 1)
      }
      backend.respond(to: "task") { (_: Nested) in 1 }
      // More than is sent, as much as is read: a peer writes what it likes.
      let depth = 500
      let bomb = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      let messages = frontend.messages(includingAnswered: true)
      for method in ["inline", "task"] {
        let id = String(repeating: "0", count: 36)
        let text = #"{"id":"\#(id)","timestamp":1,"type":"request","method":"\#(method)","payload":\#(bomb)}"#
        let log = try frontend.core.direction(.frontendToBackend).log
        _ = try log.append([.own(Array(text.utf8))], until: JournalScene.deadline)
        let answer = try #require(try await messages.next())
        #expect(answer.error == nil)
        #expect(answer.payload.description == "1")
      }
    }
  }

  @Test func filesMadeHugeOverflowNoSum() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path) { $0.segmentLimit = 400 }
      for number in 0..<20 { try scene.append("\(number)") }
      let segments = try scene.folder.log.segments()
      // Not the newest, which is read and put right.
      for segment in segments.dropLast() {
        #expect(unsafe truncate(scene.segmentPath(segment), .max) == 0)
      }
      for number in 0..<20 { try scene.append("\(number)") }
      #expect(try ReaderRegistry(scene.folder).list().isEmpty)
    }
  }

  @Test func aLockThatIsNeverGivenUpEndsARequestByItsTimeout() async throws {
    try await withEnds { frontend, backend in
      for direction in Direction.allCases {
        let held = try hold(journalLock(frontend, direction))
        let begin = ContinuousClock.now
        await #expect(throws: ChannelError.self) {
          try await frontend.request("x", timeout: .milliseconds(100)) as JSONText
        }
        #expect(begin.duration(to: .now) < .seconds(2), "\(direction)")
        withExtendedLifetime(held) {}
      }
    }
  }

  @Test func aStreamThatComesLateToALockBeginsWhereItWasAskedFor() async throws {
    try await withEnds { frontend, backend in
      try await backend.send("before")
      var held: HeldFlock? = try hold(journalLock(frontend, .backendToFrontend))
      let begin = ContinuousClock.now
      let messages = frontend.messages
      #expect(try await onThread { try messages.next(within: .milliseconds(30)) } == nil)
      #expect(begin.duration(to: .now) < .seconds(2))
      withExtendedLifetime(held) {}
      held = nil
      try await backend.send("after")
      #expect(try await messages.next()?.method == "after")
    }
  }

  @Test func aLockThatIsNeverGivenUpEndsEverySendByItsTimeout() async throws {
    try await withEnds(options: ChannelOptions(sendTimeout: .milliseconds(300))) { frontend, backend in
      let held = try hold(journalLock(frontend, .frontendToBackend))
      let begin = ContinuousClock.now
      await withTaskGroup { group in
        for _ in 0..<24 { group.addTask { _ = try? await frontend.send("x") } }
      }
      #expect(begin.duration(to: .now) < .seconds(1))
      withExtendedLifetime(held) {}
    }
  }

  @Test(arguments: [false, true]) func anAnswerThatCannotBeSentIsAnsweredWithAFailure(isInline: Bool) async throws {
    try await withEnds { frontend, backend in
      let poison = JSONText(trusted: Array("1e999".utf8))
      if isInline {
        backend.respondInline(to: "x") { (_: Message) throws -> JSONText in poison }
      } else {
        backend.respond(to: "x") { (_: Message) async throws -> JSONText in poison }
      }
      let error = await #expect(throws: ChannelError.self) {
        try await frontend.request("x", timeout: .seconds(3)) as JSONText
      }
      #expect(error?.code == .answeredWithError)
    }
  }

  @Test func whoHoldsAGroupsFileStopsNobodyElse() async throws {
    try await withEnds { frontend, backend in
      let deliveries = try frontend.messages(group: "group")
      try await backend.send("one")
      let delivery = try #require(try await deliveries.next())
      let held = try hold(
        "\(frontend.path)/.transom/\(ChannelLayout.Hidden.folder(.backendToFrontend))/readers/group"
      )
      try await delivery.acknowledge()
      try await withEnds { other, answering in
        answering.respond(to: "x") { (_: Message) in .null }
        let begin = ContinuousClock.now
        while begin.duration(to: .now) < .milliseconds(300) {
          _ = try await other.request("x", timeout: .seconds(1)) as JSONText
        }
      }
      withExtendedLifetime(held) {}
    }
  }

  @Test func aSegmentThatCannotBeReadForAWhileEndsNoResponder() async throws {
    try await withEnds { frontend, backend in
      backend.respond(to: "x") { (_: Message) in .null }
      _ = try await frontend.request("x") as JSONText
      let journal = "\(frontend.path)/.transom/\(ChannelLayout.Hidden.folder(.frontendToBackend))/journal"
      let planted = "\(journal)/\(ChannelLayout.segment(beginningAt: SequenceNumber(5)))"
      RawFiles.write("TSMSEG\u{2}\u{0}", to: planted + ".tmp")
      _ = RawFiles.rename(planted + ".tmp", to: planted)
      _ = try? await frontend.send("look")
      _ = try? await frontend.request("x", timeout: .milliseconds(200)) as JSONText
      RawFiles.remove(planted)
      for _ in 0..<3 {
        if (try? await frontend.request("x", timeout: .seconds(2)) as JSONText) != nil { return }
      }
      Issue.record("the responder ended")
    }
  }

  @Test func whereNoneMayBeMadeAChannelThatIsBeingRemovedStaysRemoved() async throws {
    try await withScratchDirectory { path in
      // By another path, as another program has it.
      RawFiles.makeSymlink("\(path)/link", to: ".")
      let maker = try Channel(at: "\(path)/link/channel", as: .backend)
      let channel = try Channel(at: "\(path)/channel", as: .frontend, options: ChannelOptions(creation: .never))
      let messages = channel.messages
      try await maker.send("before")
      #expect(try await messages.next()?.method == "before")
      await maker.close()
      // As far as `rm -r` has come.
      try ScratchDirectory.remove("\(path)/channel/.transom")
      let error = await #expect(throws: ChannelError.self) { try await messages.next() }
      #expect(error?.code == .noChannel)
      await #expect(throws: ChannelError.self) { try await channel.send("nowhere") }
      await channel.close()
      #expect(RawFiles.read("\(path)/channel/.transom/key") == nil)
    }
  }

  @Test func aForgedCursorAtTheEndOfAllNumbersIsAnError() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.send(1...2)
      let reader = try scene.reader()
      try reader.close()
      let seat = try #require(try ReaderSeat.open("worker", in: scene.folder.readers))
      let journal = try scene.registry.look().journal
      try seat.write(
        ReaderFile.Slot(
          generation: .max - 1,
          journal: journal,
          cursor: Cursor(through: .highest),
          written: WallTime(nanoseconds: .max)
        )
      )
      let other = try ReadersScene(path)
      let error = #expect(throws: ChannelError.self) { try other.send(3...3) }
      #expect(error?.code == .damaged)
      let next = try? other.reader()
      _ = try? next?.all()
      _ = try? next?.close()
      _ = try? other.registry.list()
      _ = try? other.registry.reset(try ReaderName("worker"), to: .start)
    }
  }

  @Test func aFloodOfNoticesSetsNoFloodOfTimers() async throws {
    try await withEnds { frontend, backend in
      let first = try frontend.messages(group: "group")
      let second = try frontend.messages(group: "group")
      try await backend.send("one")
      // It is not acknowledged, so that the other looks again and again whether it comes back.
      _ = try await first.next()
      let before = frontend.core.watcher.state.withLock { $0.timers.count }
      let waiting = Task { try await second.next() }
      for _ in 0..<1_000 {
        frontend.core.lane(.backendToFrontend).notices.notify()
        await Task.yield()
      }
      #expect(frontend.core.watcher.state.withLock { $0.timers.count } - before < 20)
      waiting.cancel()
      _ = try? await waiting.value
    }
  }

  @Test func aRelativePathMeansTheSameAfterAChangeOfDirectory() throws {
    let core = try SharedCores.shared.core(at: "somewhere", ChannelOptions())
    #expect(core.path.hasPrefix("/"))
    #expect(core.path.hasSuffix("/somewhere"))
  }

  @Test func aReaderIsRegisteredThoughSomebodyRemovedTheStaging() async throws {
    try await withEnds { frontend, backend in
      try await backend.send("one")
      try ScratchDirectory.remove("\(frontend.path)/.transom/staging")
      let deliveries = try frontend.messages(reader: "worker")
      #expect(try await deliveries.next()?.message.method == "one")
    }
  }

  @Test func aReplacedJournalIsToldOnceToADurableReader() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.send(1...2)
      let reader = try scene.reader()
      for delivered in try reader.all() { try reader.acknowledge(delivered.ticket) }
      try reader.close()
      try ScratchDirectory.remove(scene.folder.journal.path)
      let again = try ReadersScene(path)
      try again.send(3...4)
      let next = try again.reader()
      let gaps = try next.all().flatMap(\.gaps) + next.takeGaps()
      #expect(gaps.map(\.reason) == [.replaced])
    }
  }

  @Test func largeRequestsAreNotAllTakenAtOnce() async throws {
    try await withEnds { frontend, backend in
      let running = Atomic(0)
      let highest = Atomic(0)
      let gate = Latch()
      backend.respond(to: "x") { (message: Message) async throws -> JSONText in
        let now = running.add(1, ordering: .relaxed).newValue
        highest.max(now, ordering: .relaxed)
        if now == 2 { gate.open() }
        await gate.passed()
        running.subtract(1, ordering: .relaxed)
        return .null
      }
      let large = JSONText(trusted: Array("\"\(String(repeating: "x", count: 40 << 20))\"".utf8))
      try await withThrowingTaskGroup { group in
        for _ in 0..<4 {
          group.addTask { _ = try await frontend.request("x", large, timeout: .seconds(30)) as JSONText }
        }
        try await group.waitForAll()
      }
      #expect(highest.load(ordering: .relaxed) <= 2)
    }
  }
}

/// A flock that somebody holds by a description of his own.
final class HeldFlock {
  private let number: Int32

  init(_ path: String) throws {
    number = unsafe open(path, O_RDWR | O_CLOEXEC)
    try #require(number >= 0 && flock(number, LOCK_EX | LOCK_NB) == 0)
  }

  deinit { close(number) }
}
