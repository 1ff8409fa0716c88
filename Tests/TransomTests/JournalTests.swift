// Appending to a journal and reading it.

import ChannelMessages
import ChannelModel
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

@Suite(.timeLimit(.minutes(1))) struct JournalTests {
  @Test func whatIsAppendedIsReadInItsOrder() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path)
      for number in 1...1_000 { try scene.append("message \(number)") }
      #expect(try scene.read() == (1...1_000).map { "message \($0)" })
      #expect(try scene.folder.log.tailNumber() == SequenceNumber(1_000))
      try scene.append("one", "two")
      #expect(try scene.read() == ["one", "two"])
      #expect(try scene.read() == [])
    }
  }

  @Test func aMessageOfOursBearsTheIDThatItsSeqProves() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path)
      let numbers = try scene.append("a", "b").numbers
      #expect(numbers == SequenceNumber(1)...SequenceNumber(2))
      let stretch = try #require(try scene.reader.next())
      for (place, record) in stretch.records.enumerated() {
        let id = try #require(UniqueID(text: stretch.bytes[record.content].dropFirst(7).prefix(36)))
        let number = scene.channel.key.sequenceNumber(provenBy: id, in: .backendToFrontend)
        #expect(number == SequenceNumber(UInt64(place + 1)))
        #expect(scene.channel.key.sequenceNumber(provenBy: id, in: .frontendToBackend) == nil)
      }
    }
  }

  @Test func whoRegistersKnowsTheSeqsWhileNobodyElseCanAppend() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path)
      let other = try ChannelFolder.open(scene.path, options: .init()).direction(.backendToFrontend)
      var registered: ClosedRange<SequenceNumber>?
      _ = try scene.folder.log.tryAppend([JournalScene.draft("a")]) { numbers in
        registered = numbers
        #expect(throws: Never.self) {
          guard case .lockIsBusy = try other.log.tryAppend([JournalScene.draft("b")]) else {
            Issue.record("the lock was free")
            return
          }
        }
      }
      #expect(registered == SequenceNumber(1)...SequenceNumber(1))
    }
  }

  @Test func segmentsRollOverUnderReadersAndOtherWriters() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path) { $0.segmentLimit = 500 }
      let other = try ChannelFolder.open(scene.path, options: scene.channel.ground.options)
        .direction(.backendToFrontend)
      var expected: [String] = []
      var seen: [String] = []
      for number in 1...200 {
        let log = number.isMultiple(of: 3) ? other.log : scene.folder.log
        _ = try log.append([JournalScene.draft("\(number)")], until: JournalScene.deadline)
        expected.append("\(number)")
        if number.isMultiple(of: 7) { seen += try scene.read() }
      }
      seen += try scene.read()
      #expect(seen == expected)
      // Two are kept without readers, and those that hold one of the newest hundred.
      #expect(try (25...60).contains(scene.folder.log.segments().count))
    }
  }

  @Test func threadsThatAppendAtOnceEachGetSeqsOfTheirOwn() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path) { $0.segmentLimit = 20_000 }
      let log = scene.folder.log
      let numbers = Mutex<[SequenceNumber]>([])
      let threads = (0..<4).map { thread in
        NativeThread {
          for number in 0..<500 {
            let appended = try? log.append(
              [JournalScene.draft("\(thread)-\(number)")],
              until: JournalScene.deadline
            )
            if let appended { numbers.withLock { $0.append(appended.numbers.lowerBound) } }
          }
        }
      }
      for thread in threads { thread.join() }
      #expect(numbers.withLock { $0.sorted() } == (1...2_000).map { SequenceNumber($0) })
      let payloads = try scene.read().suffix(100)
      #expect(payloads.count == 100)
    }
  }

  @Test func aBatchThatIsTooLongIsRefused() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path)
      let many = Array(repeating: JournalScene.draft("x"), count: 1_025)
      let long = Array(repeating: JournalScene.draft(String(repeating: "x", count: 5 << 20)), count: 2)
      for batch in [many, long] {
        let error = #expect(throws: ChannelError.self) { try scene.folder.log.tryAppend(batch) }
        #expect(error?.code == .tooLarge && error?.hint == "send them in several batches")
      }
      #expect(try scene.folder.log.tailNumber() == .none)
      // A single message may be longer than a batch, and then has a segment of its own.
      try scene.append("first")
      try scene.append(String(repeating: "y", count: 9 << 20))
      try scene.append("last")
      #expect(try scene.read().map(\.count) == [5, 9 << 20, 4])
    }
  }

  @Test func aReaderBehindASeqGetsWhatComesAfterIt() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path) { $0.segmentLimit = 400 }
      for number in 1...20 { try scene.append("\(number)") }
      let reader = JournalReader(scene.folder, after: SequenceNumber(13))
      var records: [JournalRecord] = []
      while let stretch = try reader.next() { records += stretch.records }
      #expect(records.map(\.sequenceNumber.rawValue) == Array(14...20))
      #expect(reader.last == SequenceNumber(20))
    }
  }

  @Test func aHolderThatDoesNotLetGoIsNamed() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path)
      let holder = try ProcessRun([try ProcessRun.peer, "journal-hold", scene.path])
      try #require(holder.line() == "held")
      guard case .lockIsBusy = try scene.folder.log.tryAppend([JournalScene.draft("x")]) else {
        Issue.record("the lock was free")
        return
      }
      let error = #expect(throws: ChannelError.self) {
        try scene.folder.log.append(
          [JournalScene.draft("x")],
          until: Moment(nanoseconds: KernelClock.sinceBoot()).advanced(by: .milliseconds(20))
        )
      }
      #expect(error?.code == .lockTimeout)
      #expect(error?.what == "process \(holder.pid) holds the journal's lock")
      #expect(error?.path.hasSuffix("/journal/lock") == true)
    }
  }

  // MARK: Room

  @Test func aFullJournalNamesWhoLagsAndGoesOnWhenHeHasRead() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path) {
        $0.segmentLimit = 2_000
        $0.retention = .backPressure(limit: 30_000)
      }
      let reader = try ReaderFileOnDisk("worker", in: scene.folder)
      var count = 0
      var laggard: String?
      while laggard == nil, count < 10_000 {
        switch try scene.folder.log.tryAppend([JournalScene.draft("message")]) {
        case .appended: count += 1
        case .full(let name, let lag):
          laggard = name
          #expect(lag == UInt64(count))
        case .lockIsBusy: Issue.record("nobody else is here")
        }
      }
      #expect(laggard == "worker" && (150...300).contains(count))
      let error = #expect(throws: ChannelError.self) {
        try scene.folder.log.append([JournalScene.draft("x")], until: Moment(nanoseconds: 0))
      }
      #expect(error?.code == .backlogFull && error?.hint.contains("worker") == true)
      // What comes from a 1.0 peer still has a little room.
      guard case .appended = try scene.folder.log.tryAppend([JournalScene.draft("x")], for: .importing) else {
        Issue.record("an import was held up")
        return
      }
      try reader.acknowledge(SequenceNumber(UInt64(count)), of: try scene.identifier())
      try scene.append("goes on")
      #expect(try scene.folder.log.segments().count < 10)
    }
  }

  @Test func aReaderWithoutANameHoldsNothingBeyondTheLimitAndNothingOnceItIsGone() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path) {
        $0.segmentLimit = 2_000
        $0.retention = .backPressure(limit: 30_000)
      }
      var reader: ReaderFileOnDisk? = try ReaderFileOnDisk("unnamed-1", kind: .unnamed, in: scene.folder)
      for _ in 0..<1_000 { try scene.append("message") }
      #expect(try (10...20).contains(scene.folder.log.segments().count))
      #expect(try scene.folder.readers.names() == ["unnamed-1"])
      withExtendedLifetime(reader) {}
      reader = nil
      for _ in 0..<100 { try scene.append("message") }
      #expect(try scene.folder.readers.names() == [])
      #expect(try scene.folder.log.segments().count < 10)
    }
  }
}
