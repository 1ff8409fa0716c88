// Somebody meddles with a journal while it is written and read.

import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

@Suite(.timeLimit(.minutes(1))) struct JournalIntrusionTests {
  /// Fills a part of a file with what is no record, in place.
  private func scribble(_ path: String, from offset: Int, count: Int, seed: UInt64 = 7) {
    var random = SeededGenerator(seed: seed)
    let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let number = unsafe Glibc.open(path, O_WRONLY | O_CLOEXEC)
    precondition(number >= 0)
    _ = unsafe pwrite(number, bytes, bytes.count, off_t(offset))
    close(number)
  }

  private func setSize(of path: String, to size: Int) {
    precondition(unsafe truncate(path, off_t(size)) == 0)
  }

  private func size(_ path: String) -> Int {
    var facts = stat()
    return unsafe stat(path, &facts) == 0 ? Int(facts.st_size) : -1
  }

  /// Appends and reads on, and sees to it that the new messages come, and that something was said of the loss.
  private func goOn(_ scene: JournalScene, isToldOfLoss: Bool = true) throws {
    let before = scene.reader.last
    var gaps: [GapNotice] = []
    // A reader that looks between the damage and the next append, and one that looks later.
    var payloads = try scene.read(&gaps)
    let numbers = try scene.append("new 1").numbers
    #expect(numbers.lowerBound > before)
    try scene.append("new 2")
    payloads += try scene.read(&gaps)
    try scene.append("new 3")
    payloads += try scene.read(&gaps)
    #expect(payloads.suffix(3) == ["new 1", "new 2", "new 3"], "\(payloads)")
    #expect(!gaps.isEmpty == isToldOfLoss, "\(gaps)")
    let fresh = JournalReader(scene.folder, after: .none)
    var all: [String] = []
    while let stretch = try fresh.next() {
      for record in stretch.records where record.kind.carriesMessage {
        all.append(JournalScene.payload(of: Array(stretch.bytes[record.content])))
      }
    }
    #expect(all.suffix(3) == ["new 1", "new 2", "new 3"])
  }

  private func withScene(
    _ change: (inout ChannelFolder.Options) -> Void = { _ in },
    _ body: (JournalScene) throws -> Void
  ) throws {
    try withScratchDirectory { scratch in
      let scene = try JournalScene(scratch, change)
      for number in 1...20 { try scene.append("old \(number)") }
      #expect(try scene.read().count == 20)
      try body(scene)
    }
  }

  @Test func aDeletedSegmentIsFollowedByAnotherBehindIt() throws {
    try withScene { scene in
      RawFiles.remove(try scene.newestPath())
      try goOn(scene)
    }
  }

  /// The last who is there may be about to remove the folder as well.
  @Test func whoOnlyReadsBeginsNoJournal() throws {
    try withScene { scene in
      let reader = try UnnamedReader.open(in: scene.folder)
      RawFiles.remove(try scene.newestPath())
      for _ in 0..<2 {
        #expect(try scene.read() == [])
        #expect(try scene.folder.log.segments() == [])
      }
      try reader.close()
      #expect(try scene.folder.readers.names() == [])
      #expect(try scene.folder.log.segments() == [])
      try goOn(scene)
    }
  }

  /// At the end of a record nothing shows the cut to a program that has not been here yet: it would give the numbers
  /// again that the reader has passed.
  @Test(arguments: [0, 7, 52, 300, nil], [LookDepth.file, .thorough])
  func aCutIsMendedBeforeAnotherProgramAppends(_ size: Int?, _ depth: LookDepth) throws {
    try withScene { scene in
      let path = try scene.newestPath()
      let end = self.size(path)
      try scene.append("cut off")
      #expect(try scene.read() == ["cut off"])
      let before = scene.reader.last
      setSize(of: path, to: size ?? end)
      var gaps: [GapNotice] = []
      while let stretch = try scene.reader.next(depth) { if let gap = stretch.gap { gaps.append(gap) } }
      let other = try ChannelFolder.open(scene.path, options: .init()).direction(.backendToFrontend)
      let drafts = ["new 1", "new 2"].map(JournalScene.draft)
      #expect(try other.log.append(drafts, until: JournalScene.deadline).numbers.lowerBound > before)
      #expect(try scene.read(&gaps) == ["new 1", "new 2"])
    }
  }

  @Test(arguments: [0, 7, 52, 300])
  func aSegmentThatWasCutIsLeftBehind(_ size: Int) throws {
    try withScene { scene in
      setSize(of: try scene.newestPath(), to: size)
      try goOn(scene)
    }
  }

  @Test(arguments: [0, 8, 52, 300, 1_000])
  func randomBytesInASegmentAreSteppedOver(_ offset: Int) throws {
    try withScene { scene in
      let path = try scene.newestPath()
      scribble(path, from: offset, count: size(path) - offset)
      // This reader has read all that was there.
      try goOn(scene, isToldOfLoss: false)
    }
  }

  @Test func randomBytesUnderAReaderThatIsBehindAreTold() throws {
    try withScene { scene in
      for number in 21...40 { try scene.append("old \(number)") }
      let path = try scene.newestPath()
      // In the middle of what the reader has not read.
      scribble(path, from: size(path) - 1_500, count: 300)
      var gaps: [GapNotice] = []
      var payloads = try scene.read(&gaps)
      payloads += try scene.read(&gaps)
      #expect(payloads.count > 10 && payloads.count < 20 && payloads.last == "old 40", "\(payloads)")
      #expect(gaps.contains { $0.reason == .damage }, "\(gaps)")
    }
  }

  @Test func bytesBehindTheEndAreCutOffAndKept() throws {
    try withScene { scene in
      let path = try scene.newestPath()
      scribble(path, from: size(path), count: 5_000)
      try goOn(scene, isToldOfLoss: false)
      #expect(try scene.folder.quarantine.names().contains { $0.hasSuffix(".torn") })
    }
  }

  @Test func aSegmentReplacedByAnOlderCopyIsLeftBehind() throws {
    try withScratchDirectory { scratch in
      let scene = try JournalScene(scratch)
      for number in 1...20 { try scene.append("old \(number)") }
      let copy = scratch + "/copy"
      _ = try ProcessRun.run("/bin/cp", try scene.newestPath(), copy)
      for number in 21...40 { try scene.append("old \(number)") }
      #expect(try scene.read().count == 40)
      #expect(RawFiles.rename(copy, to: try scene.newestPath()))
      try goOn(scene)
    }
  }

  @Test func aSegmentThatWasMovedAwayIsNotWrittenToForLong() throws {
    let time = Mutex(WallTime(milliseconds: 1_000_000))
    try withScene({ $0.clock = { time.withLock { $0 } } }) { scene in
      #expect(RawFiles.rename(try scene.newestPath(), to: scene.path + "/aside"))
      time.withLock { $0 = WallTime(milliseconds: 1_000_010) }
      try goOn(scene)
    }
  }

  @Test func aJournalThatIsDeletedBeginsAnewBehindWhatWasGiven() throws {
    for isMadeAnew in [false, true] {
      try withScene { scene in
        let old = try scene.identifier()
        try scene.folder.folder.removeTree("journal")
        if isMadeAnew { _ = try ChannelFolder.open(scene.path, options: .init()).direction(.backendToFrontend) }
        try goOn(scene)
        #expect(try scene.identifier() != old)
        #expect(scene.reader.identifier != old)
      }
    }
  }

  @Test func aHiddenFolderThatIsDeletedIsMadeAgainWithTheSameKey() throws {
    try withScene { scene in
      try scene.channel.directory.removeTree(".transom")
      try goOn(scene)
      #expect(try ChannelFolder.open(scene.path, options: .init()).key == scene.channel.key)
    }
  }

  @Test func aFolderThatWasMovedAwayIsNoticedWithinASecond() throws {
    let time = Mutex(WallTime(milliseconds: 1_000_000))
    try withScene({ $0.clock = { time.withLock { $0 } } }) { scene in
      let folder = scene.folder.folder
      try folder.rename("journal", to: "journal.aside", in: folder)
      time.withLock { $0 = WallTime(milliseconds: 1_001_000) }
      try goOn(scene)
    }
  }

  @Test func aChannelThatWasRemovedIsClosed() throws {
    try withScene { scene in
      _ = try ProcessRun.run("/bin/rm", "-r", scene.path)
      let error = #expect(throws: ChannelError.self) { try scene.append("x") }
      #expect(error?.code == .closed && error?.path == scene.path)
    }
  }

  @Test(arguments: ["fifo", "directory", "symlink", "empty", "noise", "wrong name"])
  func whatWasPutWhereASegmentBelongsIsMovedOutOfTheWay(_ kind: String) throws {
    try withScene { scene in
      let path = scene.segmentPath(SequenceNumber(500))
      switch kind {
      case "fifo": RawFiles.makeFIFO(path)
      case "directory": RawFiles.makeDirectory(path)
      case "symlink": RawFiles.makeSymlink(path, to: "/etc/passwd")
      case "empty": RawFiles.write("", to: path)
      case "noise": RawFiles.write(String(repeating: "noise ", count: 100), to: path)
      default: _ = try ProcessRun.run("/bin/cp", try scene.newestPath(), path)
      }
      // A process that has not been here yet comes upon it; to those who have it is nothing, until they look again.
      let other = try ChannelFolder.open(scene.path, options: .init()).direction(.backendToFrontend)
      _ = try other.log.append([JournalScene.draft("theirs")], until: JournalScene.deadline)
      #expect(try scene.read() == ["theirs"])
      try goOn(scene, isToldOfLoss: false)
      #expect(try scene.folder.quarantine.names().contains { $0.hasSuffix("-00000000000000000500.seg") })
    }
  }

  @Test func aSegmentOfANewerVersionIsRefusedByNameAndLeftAlone() throws {
    try withScene { scene in
      let path = scene.segmentPath(SequenceNumber(500))
      RawFiles.write("TSMSEG\u{2}\u{0}what comes then", to: path)
      let other = try ChannelFolder.open(scene.path, options: .init()).direction(.backendToFrontend)
      let error = #expect(throws: ChannelError.self) { try other.log.tailNumber() }
      #expect(error?.code == .newerFormat && error?.path == path)
      #expect(RawFiles.read(path)?.hasSuffix("what comes then") == true)
    }
  }

  @Test func aSegmentWithAnotherNameIsNotWrittenTo() throws {
    try withScene { scene in
      RawFiles.link(try scene.newestPath(), to: scene.path + "/second")
      let other = try ChannelFolder.open(scene.path, options: .init()).direction(.backendToFrontend)
      let error = #expect(throws: ChannelError.self) { try other.log.tailNumber() }
      #expect(error?.code == .refused && error?.hint == "remove it, or put a copy in its place")
    }
  }

  @Test func aFileMadeHugeTakesNoMemory() throws {
    try withScene { scene in
      setSize(of: try scene.newestPath(), to: 1 << 40)
      try goOn(scene, isToldOfLoss: false)
    }
  }

  // MARK: Time

  @Test func anotherBootBeginsASegmentAndSaysSo() throws {
    try withScene { scene in
      var options = scene.channel.ground.options
      options.boot = UniqueID(high: 1, low: 2)
      let later = try ChannelFolder.open(scene.path, options: options).direction(.backendToFrontend)
      let numbers = try later.log.append([JournalScene.draft("later")], until: JournalScene.deadline).numbers
      #expect(numbers.lowerBound == SequenceNumber(22))
      var gaps: [GapNotice] = []
      #expect(try scene.read(&gaps) == ["later"])
      #expect(gaps.map(\.reason) == [.restart])
    }
  }

  @Test func aSeqNeverGoesBackBelowACursor() throws {
    try withScene { scene in
      let reader = try ReaderFileOnDisk("worker", in: scene.folder)
      try reader.acknowledge(SequenceNumber(900), of: try scene.identifier())
      let later = try ChannelFolder.open(scene.path, options: .init()).direction(.backendToFrontend)
      let numbers = try later.log.append([JournalScene.draft("later")], until: JournalScene.deadline).numbers
      #expect(numbers.lowerBound == SequenceNumber(902))
    }
  }

  @Test func aClockThatJumpsBothWaysChangesNoOrder() throws {
    let time = Mutex(WallTime(milliseconds: 1_000_000))
    try withScratchDirectory { scratch in
      let scene = try JournalScene(scratch) {
        $0.clock = { time.withLock { $0 } }
        $0.segmentLimit = 500
      }
      var expected: [String] = []
      for (number, milliseconds) in [1, 5_000_000_000_000, 0, 999, UInt64.max / 1_000_000, 3].enumerated() {
        time.withLock { $0 = WallTime(milliseconds: milliseconds) }
        for part in 0..<3 {
          try scene.append("\(number) \(part)")
          expected.append("\(number) \(part)")
        }
      }
      #expect(try scene.read() == expected)
    }
  }

  @Test func aSegmentDatedFarAheadIsNotTakenForOld() throws {
    try withScratchDirectory { scratch in
      let scene = try JournalScene(scratch) {
        $0.retention = .latest(bytes: nil, messages: nil, age: .seconds(3_600))
        $0.segmentLimit = 2_000
      }
      try scene.append("first")
      let first = ChannelLayout.segment(beginningAt: SequenceNumber(1))
      let file = try scene.folder.journal.openRegularFile(first, for: .readingAndWriting)
      let oldest = { try #require(try scene.folder.journal.facts(of: first)).stamp.modified }
      for number in 1...40 { try scene.append("\(number)") }
      // Nanoseconds since 1970 pass what 64 bits hold, by less than a second.
      let ahead = FileTime(seconds: 18_446_744_074, nanoseconds: 0)
      try file.setModified(to: ahead)
      #expect(try oldest() == ahead)
      for number in 41...400 { try scene.append("\(number)") }
      #expect(try oldest() == ahead)
      #expect(try scene.read().count == 401)
    }
  }
}
