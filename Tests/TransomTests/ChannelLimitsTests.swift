// Channels at their limits: full journals, another boot, many of them, many who flush at once.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import TestSupport
internal import Testing
@testable internal import Transom

@Suite("Limits", .timeLimit(.minutes(1))) struct ChannelLimitsTests {
  /// Some 64 KiB, so that a few messages fill a segment.
  private func bulk() throws -> JSONText {
    try JSONText(validating: Array("\"\(String(repeating: "x", count: 64 << 10))\"".utf8))
  }

  @Test func aFullJournalNamesTheReaderThatLagsAndHasRoomOnceItHasRead() async throws {
    let options = ChannelOptions(retention: .unread(upTo: 10 << 20), sendTimeout: .milliseconds(40))
    try await withEnds(options: options) { frontend, backend in
      let worker = try frontend.messages(reader: "worker", saving: .each)
      var sent = 0
      let error = await #expect(throws: ChannelError.self) {
        while sent < 1_000 {
          try await backend.send("bulk", try bulk())
          sent += 1
        }
      }
      #expect(error?.code == .backlogFull && error?.code.exitStatus == 8)
      #expect(error?.description.contains("worker") == true)
      #expect((100..<200).contains(sent))
      for _ in 0..<sent { try await #require(try await worker.next()).acknowledge() }
      try await backend.send("room again")
      #expect(try await worker.next()?.message.method == "room again")
    }
  }

  @Test func whoAskedForTheNewestOnlyIsToldWhatWasDropped() async throws {
    try await withEnds(options: ChannelOptions(retention: .newest(bytes: 9 << 20))) { frontend, backend in
      let gaps = Gaps()
      let worker = try frontend.messages(reader: "worker", onGap: gaps.take)
      for number in 0..<400 { try await backend.send("\(number)", try bulk()) }
      var received = 0
      while let delivery = try await worker.next() {
        received += 1
        try await delivery.acknowledge()
        if delivery.message.method == "399" { break }
      }
      #expect(gaps.reasons == [.dropped])
      #expect(received < 300 && gaps.missing + received == 400)
    }
  }

  @Test func anotherBootGoesOnBehindWhatWasSent() async throws {
    if let refusal = MountNamespace.refusal {
      print("skipped: no mounts of a test's own: \(refusal)")
      return
    }
    try await withEnds { frontend, backend in
      let worker = try frontend.messages(reader: "worker")
      let bootID = "\(frontend.path)-boot-id"
      RawFiles.write("12345678-1234-4123-8123-123456789abc\n", to: bootID)
      let peer = try ProcessRun.peer
      let here = try ProcessRun.run(peer, "channel-send", frontend.path, "here", "3")
      let there = try ProcessRun.run(peer, "channel-send", frontend.path, "there", "3", bootID)
      let hereAgain = try ProcessRun.run(peer, "channel-send", frontend.path, "here again", "3")
      #expect([here.output, there.output, hereAgain.output] == ["sent\n", "sent\n", "sent\n"])
      var numbers: [UInt64] = []
      for name in ["here", "there", "here again"] {
        for number in 0..<3 {
          let delivery = try #require(try await worker.next())
          #expect(delivery.message.method == "\(name) \(number)" && delivery.missing.isEmpty)
          numbers.append(delivery.number)
        }
      }
      #expect(numbers == numbers.sorted() && Set(numbers).count == 9)
      let journal = try Directory.open("\(frontend.path)/.transom/backend_to_frontend/journal")
      #expect(try journal.names().count { $0.hasSuffix(".seg") } == 3)
    }
  }

  @Test func aThousandChannelsNeedFewDescriptorsAndOneThread() throws {
    try withScratchDirectory { path in
      let outcome = try ProcessRun.run(try ProcessRun.peer, "channel-many", path, "1000")
      let words = outcome.output.split(whereSeparator: \.isWhitespace)
      try #require(words.count == 4, "\(outcome.output)")
      #expect(try #require(Int(words[1])) < 1_000)
      #expect(try #require(Int(words[3])) <= 2)
    }
  }

  @Test func threadsThatFlushAtOnceShareTheFlushes() async throws {
    try await withScratchDirectory { path in
      let calls = FaultyCalls()
      var options = ChannelFolder.Options()
      options.calls = calls
      let journal = try ChannelFolder.open("\(path)/channel", options: options).direction(.backendToFrontend).log
      try journal.flush(try journal.append([.message([0x30])], until: .distant))
      calls.reset()
      // A disk takes its time; memory, where this test runs, takes none.
      calls.plan(.every(.syncData), .first { KernelClock.pause(.milliseconds(2)) })
      try await withThrowingTaskGroup { group in
        for _ in 0..<8 {
          group.addTask {
            try await onThread {
              for _ in 0..<10 { try journal.flush(try journal.append([.message([0x30])], until: .distant)) }
            }
          }
        }
        try await group.waitForAll()
      }
      let count = calls.count(of: .syncData)
      print("group commit: \(count) flushes for 80 messages of 8 threads")
      #expect(count < 60)
    }
  }
}

extension Moment {
  fileprivate static var distant: Moment { Moment.now.advanced(by: .seconds(30)) }
}
