// Every call of the kernel fails in turn; nothing acknowledged is lost, and all goes on when the fault ends.

import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing

@testable import Transom

@Suite(.timeLimit(.minutes(3))) struct JournalFaultTests {
  static let codes: [Int32] = [EIO, ENOSPC, EMFILE, EINTR]

  private func sweep(_ fault: FaultyCalls.Effect, _ check: (JournalProgram, Int) throws -> Void) throws -> Int {
    for place in 1... {
      let isOver = try withScratchDirectory { scratch in
        let calls = FaultyCalls()
        calls.plan(.overall(place), fault)
        let program = JournalProgram(scratch + "/channel", calls)
        program.run()
        let isOver = calls.log.count < place
        calls.reset()
        if program.folder == nil { #expect(program.open()) }
        #expect(program.append(["end"], isFlushed: true))
        program.read()
        try check(program, place)
        return isOver
      }
      if isOver { return place - 1 }
    }
    return 0
  }

  @Test(arguments: codes)
  func anyCallThatFailsOnceLosesNothing(_ code: Int32) throws {
    var told = 0
    let count = try sweep(.fail(code)) { program, place in
      #expect(program.delivered == program.acknowledged, "call \(place)")
      var options = ChannelFolder.Options()
      options.segmentLimit = 450
      let again = try ChannelFolder.open(program.path, options: options).direction(.backendToFrontend)
      let reader = JournalReader(again, after: .none)
      var all: [String] = []
      while let stretch = try reader.next() {
        for record in stretch.records where record.kind.carriesMessage && !record.flags.contains(.copy) {
          all.append(JournalScene.payload(of: Array(stretch.bytes[record.content])))
        }
      }
      #expect(all == program.acknowledged, "call \(place)")
      for error in program.errors {
        #expect(error.path.hasPrefix(program.path.prefix { $0 != " " }) || error.path.hasPrefix("/dev/shm/transom"))
        #expect(!error.hint.isEmpty && !error.what.isEmpty, "\(error)")
        #expect(error.code == .system, "\(error)")
      }
      told += program.errors.count
      #expect(program.errors.count <= 2, "call \(place): \(program.errors)")
    }
    print("journal: each of \(count) calls failed once with \(code); \(told) errors were told")
    #expect(count > 200 && told > 100)
  }

  @Test func shortReadsAndWritesAreNothing() throws {
    let count = try sweep(.short(3)) { program, place in
      #expect(program.delivered == program.acknowledged && program.errors.isEmpty, "call \(place): \(program.errors)")
      #expect(program.acknowledged.count == 19)
    }
    #expect(count > 200)
  }

  @Test(arguments: [FileCall.write, .truncate, .renameToFree, .create, .facts, .read, .syncData, .lock])
  func aFaultThatLastsIsToldEachTimeAndOverWhenItEnds(_ call: FileCall) throws {
    try withScratchDirectory { scratch in
      let calls = FaultyCalls()
      let program = JournalProgram(scratch + "/channel", calls)
      #expect(program.open())
      #expect(program.append(["before"], isFlushed: true))
      for code in Self.codes {
        calls.reset()
        calls.plan(.every(call), .fail(code))
        // A write that fails while the file cannot be cut either leaves its end unknown.
        if call == .truncate { calls.plan(.nth(2, .write), .fail(code)) }
        program.run()
      }
      calls.reset()
      #expect(program.append(["after"], isFlushed: true))
      program.read()
      #expect(program.delivered == program.acknowledged)
      #expect(program.errors.count > 3)
    }
  }

  @Test func aWriteThatBreaksOffIsCutBackBeforeAnybodyElseComes() throws {
    try withScratchDirectory { scratch in
      let calls = FaultyCalls()
      let program = JournalProgram(scratch + "/channel", calls)
      #expect(program.open() && program.append(["a"], isFlushed: false))
      let path = try #require(program.folder).journal.path(of: "00000000000000000001.seg")
      let journal = try #require(program.folder).journal
      let size = try journal.facts(of: "00000000000000000001.seg")?.stamp.size
      calls.reset()
      calls.plan(.nth(1, .write), .short(40))
      calls.plan(.nth(2, .write), .fail(ENOSPC))
      #expect(!program.append(["b"], isFlushed: false))
      #expect(program.errors.first?.code == .system && program.errors.first?.path == path)
      #expect(program.errors.first?.hint == "make room on the file system")
      #expect(try journal.facts(of: "00000000000000000001.seg")?.stamp.size == size)
      #expect(program.append(["c"], isFlushed: false))
      program.read()
      #expect(program.delivered == ["a", "c"])
      #expect(try #require(program.folder).quarantine.names() == [])
    }
  }

  @Test func whatCouldNotBeCutBackIsRepairedByTheNext() throws {
    try withScratchDirectory { scratch in
      let calls = FaultyCalls()
      let program = JournalProgram(scratch + "/channel", calls)
      #expect(program.open() && program.append(["a"], isFlushed: false))
      calls.reset()
      calls.plan(.nth(1, .write), .short(40))
      calls.plan(.nth(2, .write), .fail(EIO))
      calls.plan(.every(.truncate), .fail(EIO))
      #expect(!program.append(["b"], isFlushed: false))
      program.read()
      calls.reset()
      #expect(program.append(["c"], isFlushed: false))
      program.read()
      #expect(program.delivered == ["a", "c"])
      let kept = try #require(program.folder).quarantine.names()
      #expect(kept.count == 1 && kept[0].hasSuffix(".torn"))
    }
  }

  // MARK: Flushes

  @Test func oneFlushServesAllWhoWait() throws {
    try withScratchDirectory { scratch in
      let calls = FaultyCalls()
      var options = ChannelFolder.Options()
      options.calls = calls
      let log = try ChannelFolder.open(scratch + "/channel", options: options).direction(.backendToFrontend).log
      let batches = try (0..<50).map {
        try log.append([JournalScene.draft("\($0)")], until: JournalScene.deadline)
      }
      calls.reset()
      for batch in batches { try log.flush(batch) }
      #expect(calls.count(of: .syncData) == 1)
    }
  }

  @Test func aFlushThatFailedIsNeverTriedAgainOnItsFile() throws {
    try withScratchDirectory { scratch in
      let calls = FaultyCalls()
      let program = JournalProgram(scratch + "/channel", calls)
      #expect(program.open())
      let log = try #require(program.folder).log
      let batches = try ["a", "b", "c"].map {
        try log.append([JournalScene.draft($0)], until: JournalScene.deadline)
      }
      _ = try log.append([JournalScene.draft("not waited for")], until: JournalScene.deadline)
      calls.reset()
      calls.plan(.nth(1, .syncData), .fail(EIO))
      for batch in batches { try log.flush(batch) }
      // One that failed, and one or more of the next segment.
      #expect(try log.segments().count == 2)
      program.read()
      #expect(program.delivered == ["a", "b", "c", "not waited for"])
      // Whoever comes later finds them once as well; the copies bear the seqs and the ids that they had.
      let reader = JournalReader(try #require(program.folder), after: .none)
      var copies: [UInt64] = []
      while let stretch = try reader.next() {
        copies += stretch.records.filter { $0.flags.contains(.copy) }.map(\.sequenceNumber.rawValue)
      }
      #expect(copies == [])
      #expect(try log.tailNumber() == SequenceNumber(4))
    }
  }
}
