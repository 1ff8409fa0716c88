import ChannelMessages
import ChannelModel
import LinuxIO
import TestSupport
import Testing
import Transom

@testable import ChannelLedger

extension FailedMessage {
  static func sample(
    _ id: String,
    in channel: String = "/c",
    method: String? = "m",
    bytes: [UInt8] = Array("{}".utf8),
    error: String = "it failed",
    at time: WallTime
  ) -> FailedMessage {
    FailedMessage(
      channel: channel,
      direction: .frontendToBackend,
      id: id,
      sequence: SequenceNumber(7),
      kind: .request,
      method: method,
      bytes: bytes,
      reason: .failed,
      attempts: 1,
      failure: DeadLetter.Failure(error, at: time)
    )
  }
}

@Suite(.timeLimit(.minutes(2))) struct DeadLettersTests {
  private func withScene(_ body: (LedgerScene) throws -> Void) throws {
    try withScratchDirectory { try body(LedgerScene($0)) }
  }

  @Test func everythingOfALetterOutlivesTheLedger() throws {
    try withScene { scene in
      let bytes: [UInt8] = Array(0...255) + Array("\u{0}☂🜚".utf8)
      let failed = FailedMessage(
        channel: "/tmp/ü \u{0} b",
        direction: .backendToFrontend,
        id: "id\u{0}☂",
        sequence: .highest,
        kind: .event,
        method: nil,
        bytes: bytes,
        reason: .tooManyAttempts,
        attempts: 5,
        failure: DeadLetter.Failure("\u{0}🜚 \u{FFFD}", at: scene.now)
      )
      let number = try scene.open().deadLetters.add(failed)
      let letters = try scene.open().deadLetters
      let letter = try #require(try letters.list().first)
      #expect(letter.number == number && letter.channel == failed.channel && letter.direction == failed.direction)
      #expect(letter.id == failed.id && letter.sequence == failed.sequence && letter.kind == failed.kind)
      #expect(letter.method == nil && letter.reason == failed.reason && letter.attempts == 5)
      #expect(letter.first == failed.failure && letter.last == failed.failure && letter.byteCount == bytes.count)
      #expect(try letters.bytes(of: number) == bytes)
      #expect(try letters.bytes(of: number + 1) == nil)
      #expect(letters.count == 1 && letters.byteCount == bytes.count)
    }
  }

  @Test func aMessageOfTenMegabytesIsKeptAsItIs() throws {
    try withScene { scene in
      var random = SeededGenerator(seed: 4)
      let bytes = (0..<10 << 20).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let number = try scene.open().deadLetters.add(.sample("big", bytes: bytes, at: scene.now))
      #expect(try scene.open().deadLetters.bytes(of: number) == bytes)
    }
  }

  @Test func oneThatFailsAgainIsBroughtUpToDate() throws {
    try withScene { scene in
      let letters = try scene.open().deadLetters
      let first = FailedMessage.sample("a", error: "first", at: scene.now)
      let number = try letters.add(first)
      try letters.add(.sample("a", in: "/other", at: scene.now))
      scene.pass(.seconds(9))
      var again = FailedMessage.sample("a", bytes: [1, 2, 3], error: "again", at: scene.now)
      again.attempts = 3
      again.reason = .timedOut
      #expect(try letters.add(again) == number)
      let letter = try #require(try letters.list(.init(channel: "/c")).first)
      #expect(letter.attempts == 4 && letter.reason == .timedOut)
      #expect(letter.first == first.failure && letter.last == again.failure)
      #expect(try letters.bytes(of: number) == first.bytes)
      #expect(letters.count == 2)
    }
  }

  @Test func theyAreListedNewestFirstPageByPage() throws {
    try withScene { scene in
      let letters = try scene.open().deadLetters
      for number in 0..<30 {
        let (channel, method) = ("/c\(number % 3)", number % 2 == 0 ? "even" : nil)
        try letters.add(.sample("\(number)", in: channel, method: method, at: scene.now))
      }
      var seen: [String] = []
      var after: UInt64?
      while let page = Optional(try letters.list(after: after, limit: 7)), let last = page.last {
        seen += page.map(\.id)
        after = last.number
      }
      #expect(seen == (0..<30).reversed().map { "\($0)" })
      let thirds = stride(from: 28, to: 0, by: -3).map { "\($0)" }
      #expect(try letters.list(.init(channel: "/c1")).map(\.id) == thirds)
      #expect(try letters.list(.init(channel: "/c1", method: "even")).map(\.id) == ["28", "22", "16", "10", "4"])
      #expect(try letters.list(.init(method: "odd")).isEmpty)
      #expect(try letters.drop(.init(channel: "/c1", method: "even")) == 5)
      #expect(try letters.drop(.init(method: "even")) == 10)
      #expect(letters.count == 15)
      #expect(try letters.drop(.init()) == 15)
      #expect(letters.count == 0 && letters.byteCount == 0)
    }
  }

  @Test func oneIsFoundByWhatOnlyItsIdBeginsWith() throws {
    try withScene { scene in
      let letters = try scene.open().deadLetters
      for id in ["abc", "abd", "ab", "b\u{0}1", "b\u{0}2", "\u{10FFFF}x", "é", "same"] {
        try letters.add(.sample(id, at: scene.now))
      }
      try letters.add(.sample("same", in: "/other", at: scene.now))
      func found(_ id: String) throws -> [String] {
        switch try letters.find(id) {
        case .nothing: []
        case .one(let letter): [letter.id]
        case .several(let letters): ["several"] + letters.map(\.id)
        }
      }
      #expect(try found("abc") == ["abc"])
      #expect(try found("ab") == ["ab"])
      #expect(try found("a") == ["several", "ab", "abc", "abd"])
      #expect(try found("b\u{0}2") == ["b\u{0}2"])
      #expect(try found("\u{10FFFF}") == ["\u{10FFFF}x"])
      // The same to a reader, and other bytes.
      #expect(try found("e\u{301}").isEmpty)
      #expect(try found("é") == ["é"])
      #expect(try found("sam") == ["several", "same", "same"])
      #expect(try found("zz").isEmpty)
    }
  }

  @Test func oneIsTakenOnceAndGoesWhenItWasSent() throws {
    try withScene { scene in
      let number = try scene.letters.add(.sample("a", bytes: [1], at: scene.now))
      guard case .letter(let letter, [1]) = try scene.letters.take(number) else {
        Issue.record("it is there")
        return
      }
      #expect(letter.id == "a")
      #expect(try scene.letters.take(number) == .alreadyTaken)
      try scene.letters.finish(number, wasSent: false)
      #expect(try scene.letters.count == 1)
      _ = try scene.letters.take(number)
      // It fails again before anybody said that it was sent.
      try scene.letters.add(.sample("a", at: scene.now))
      try scene.letters.finish(number, wasSent: true)
      #expect(try scene.letters.count == 1)
      _ = try scene.letters.take(number)
      // A daemon that ends in between has not sent it.
      try scene.reopen()
      #expect(try scene.letters.count == 1)
      _ = try scene.letters.take(number)
      try scene.letters.finish(number, wasSent: true)
      #expect(try scene.letters.count == 0)
      #expect(try scene.letters.take(number) == .missing)
      try scene.letters.finish(number, wasSent: true)
    }
  }

  @Test func theOldestGoBeyondTheLimitsAndAreCounted() throws {
    try withScene { scene in
      scene.options.letterLimit = 10
      scene.options.letterByteLimit = 1_000
      func add(_ id: String, _ count: Int) throws {
        try scene.letters.add(.sample(id, bytes: [UInt8](repeating: 1, count: count), at: scene.now))
      }
      for number in 0..<15 { try add("\(number)", 50) }
      #expect(try scene.letters.list().map(\.id) == (5..<15).reversed().map { "\($0)" })
      #expect(scene.notices == Array(repeating: .lettersDropped(1), count: 5))
      scene.notices = []
      try add("big", 900)
      #expect(try scene.letters.list().map(\.id) == ["big", "14", "13"])
      #expect(scene.notices == [.lettersDropped(8)])
      // Beyond all limits by itself, and there all the same.
      try add("huge", 9_000)
      #expect(try scene.letters.list().map(\.id) == ["huge"])
      try scene.reopen()
      #expect(try scene.letters.droppedCount == 16)
      #expect(try scene.letters.byteCount == 9_000)
    }
  }
}
