// How streams begin, wait for locks, write their places and end.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import Synchronization
internal import TestSupport
internal import Testing
@testable internal import Transom

@Suite("Reading", .timeLimit(.minutes(1))) struct ReadingTests {
  /// How a stream's reader was asked for, in order.
  private final class Entries: Sendable {
    private let list = Mutex<[Reading.Entry]>([])

    var all: [Reading.Entry] { list.withLock { $0 } }

    func note(_ entry: Reading.Entry) -> Int {
      list.withLock { list in
        list.append(entry)
        return list.count
      }
    }
  }

  private func method(of item: Reading.Item?) -> String? {
    if case .message(let delivered, _) = item { delivered.message.method } else { nil }
  }

  @Test func aStreamThatCouldNotBeOpenedAtFirstStillBeginsWhereItWasAskedTo() async throws {
    try await withEnds { frontend, backend in
      try await backend.send("before")
      let entries = Entries()
      let reading = Reading(frontend) { folder, entry, deadline throws(ChannelError) in
        guard entries.note(entry) > 2 else { throw ChannelError(.system, at: "/", "no more descriptors") }
        return try UnnamedReader.open(in: folder, start: entry.start(.now), until: deadline)
      }
      #expect(throws: ChannelError.self) { try reading.look() }
      #expect(throws: ChannelError.self) { try reading.look() }
      let nothing = try reading.look() == nil
      #expect(nothing)
      try await backend.send("after")
      #expect(method(of: try reading.look()) == "after")
      #expect(entries.all == [.first, .first, .first])
      try reading.close(waiting: .zero)
    }
  }

  @Test func aStreamThatMetALockBeginsBehindWhatWasThereThen() async throws {
    try await withEnds { frontend, backend in
      try await backend.send("before")
      let entries = Entries()
      let reading = Reading(frontend) { folder, entry, deadline throws(ChannelError) in
        guard entries.note(entry) > 2 else { throw ChannelError(.lockTimeout, at: "/", "locked") }
        return try UnnamedReader.open(in: folder, start: entry.start(.now), until: deadline)
      }
      try await backend.send("after")
      let nothing = try reading.look() == nil
      #expect(nothing)
      #expect(method(of: try reading.look()) == "after")
      let late = Reading.Entry.late(SequenceNumber(1))
      #expect(entries.all == [.first, late, late])
      try reading.close(waiting: .zero)
    }
  }

  @Test(arguments: [false, true]) func nobodyWaitsLongForALockToBegin(isGroup: Bool) async throws {
    try await withEnds { frontend, backend in
      try await backend.send("before")
      _ = frontend.messages
      let (isHeld, mayGo) = (Latch(), Latch())
      let folder = try ChannelFolder.open(frontend.path, options: ChannelFolder.Options())
      let other = try folder.direction(.backendToFrontend).log
      async let holding: Void = onThread {
        try other.withLock(until: ReadersScene.soon) { _ throws(ChannelError) in
          isHeld.open()
          while !mayGo.isOpen { KernelClock.pause(.milliseconds(1)) }
        }
      }
      await isHeld.passed()
      let began = Moment.now
      let deliveries =
        isGroup
        ? try frontend.messages(group: "workers", from: .now) : try frontend.messages(reader: "worker", from: .now)
      #expect(Moment.now.duration(since: began) < .seconds(3))
      mayGo.open()
      try await holding
      try await backend.send("after")
      let delivery = try #require(try await deliveries.next())
      #expect(delivery.message.method == "after" && delivery.missing.isEmpty)
    }
  }

  @Test func aLookAfterTheEndOpensNothingAgain() async throws {
    try await withEnds { frontend, backend in
      let entries = Entries()
      let reading = Reading(frontend) { folder, entry, deadline throws(ChannelError) in
        _ = entries.note(entry)
        return try UnnamedReader.open(in: folder, start: entry.start(.now), until: deadline)
      }
      try reading.close(waiting: .zero)
      let nothing = try reading.look() == nil
      #expect(nothing)
      #expect(entries.all == [.first])
    }
  }

  @Test(arguments: [false, true]) func aPlaceThatCannotBeWrittenHoldsUpNoOtherChannel(isGroup: Bool) async throws {
    try await withEnds { frontend, backend in
      let name = isGroup ? "workers" : "worker"
      let deliveries = isGroup ? try frontend.messages(group: name) : try frontend.messages(reader: name)
      for _ in 0..<2 { try await backend.send("n") }
      let first = try #require(try await deliveries.next())
      let second = try #require(try await deliveries.next())
      try frontend.core.direction(.backendToFrontend).readers.unlink(name)
      try await first.acknowledge()
      var error: ChannelError?
      try await withEnds { listener, sender in
        let messages = listener.messages
        let notices = listener.core.lane(.backendToFrontend).notices
        var left = 3
        while left > 0 {
          async let message = onThread { try messages.next(within: .seconds(5)) }
          // Sent when it is waited for, so that somebody has to notice it.
          while !notices.isAwaited { await Task.yield() }
          try await sender.send("next")
          let method = try await message?.method
          try #require(method == "next")
          // Whoever acknowledges is told once the time to write has come, and from then on.
          do {
            try await second.acknowledge()
          } catch let thrown as ChannelError {
            error = thrown
            left -= 1
          }
        }
      }
      #expect(error?.code == .closed)
    }
  }

  @Test func whatIsMissingIsToldWholeWithTheNextDelivery() async throws {
    try await withEnds { frontend, backend in
      let gaps = [
        GapNotice(.damage, from: SequenceNumber(1), through: SequenceNumber(2)),
        GapNotice(.dropped, from: SequenceNumber(3), through: SequenceNumber(3)),
      ]
      let subscription = Subscription(frontend) { folder, entry, deadline throws(ChannelError) in
        Lossy(try UnnamedReader.open(in: folder, start: .start, until: deadline), gaps)
      }
      let deliveries = Deliveries(subscription, onGap: nil)
      try await backend.send("behind")
      let delivery = try #require(try await deliveries.next())
      #expect(delivery.missing.map(\.reason) == [.damage, .dropped])
      #expect(delivery.missing.map(\.numbers) == [1...2, 3...3])
      try await backend.send("next")
      #expect(try await deliveries.next()?.missing == [])
    }
  }

  /// Reports gaps before its first message.
  private final class Lossy: MessageReader {
    private let reader: UnnamedReader
    private let gaps: Mutex<[GapNotice]>

    init(_ reader: UnnamedReader, _ gaps: [GapNotice]) {
      self.reader = reader
      self.gaps = Mutex(gaps)
    }

    func tryNext(_ depth: LookDepth) throws(ChannelError) -> Delivered? {
      guard let delivered = try reader.tryNext(depth) else { return nil }
      return Delivered(
        message: delivered.message,
        kind: delivered.kind,
        time: delivered.time,
        ticket: delivered.ticket,
        gaps: takeGaps(),
        isRedelivered: false
      )
    }

    func takeGaps() -> [GapNotice] {
      gaps.withLock { gaps in
        defer { gaps = [] }
        return gaps
      }
    }

    func acknowledge(_ ticket: Delivered.Ticket) {}
    var acknowledgingMayWait: Bool { false }
    var savesAt: Moment? { nil }
    func saveIfDue(at now: Moment) {}
    var looksAgainAt: Moment? { nil }
    func close(until deadline: Moment) throws(ChannelError) { try reader.close() }
  }

  @Test func eachAcknowledgementOfAGroupIsWrittenWhereThatIsWanted() async throws {
    try await withEnds { frontend, backend in
      let deliveries = try frontend.messages(group: "workers", saving: .each)
      try await backend.send("one")
      try await #require(try await deliveries.next()).acknowledge()
      let registry = ReaderRegistry(try frontend.core.direction(.backendToFrontend))
      #expect(try registry.list().filter { $0.name == "workers" }.map(\.lag) == [0])
    }
  }
}
