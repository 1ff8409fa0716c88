import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing

@testable import Transom

/// What looks of each depth see of a journal.
@Suite(.timeLimit(.minutes(1))) struct LookDepthTests {
  private func found(_ reader: JournalReader, _ depth: LookDepth) throws -> Int? {
    try reader.next(depth)?.records.count
  }

  @Test func aReaderThatHasJustBegunFindsWhatANoticeOfGrowthToldOf() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path)
      try scene.append("a")
      #expect(try found(scene.reader, .glance) == nil)
      #expect(try found(scene.reader, .file) == 1)
      #expect(try found(scene.reader, .file) == nil)
    }
  }

  @Test func aGlanceSeesWhatWasAppendedWhereItReads() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path)
      try scene.append("a")
      #expect(try scene.read() == ["a"])
      try scene.append("b", "c")
      #expect(try found(scene.reader, .atHand) == nil)
      #expect(try found(scene.reader, .glance) == 2)
      #expect(try found(scene.reader, .glance) == nil)
    }
  }

  @Test func aGlanceFollowsASealIntoTheNextSegment() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path) { $0.segmentLimit = 500 }
      try scene.append("first")
      #expect(try scene.read() == ["first"])
      var count = 0
      for number in 0..<20 {
        try scene.append("\(number)")
        while let more = try found(scene.reader, .glance) { count += more }
      }
      #expect(count == 20)
      #expect(try scene.folder.log.segments().count > 1)
    }
  }

  @Test func aProbeTellsOfGrowthOnceAndOfNothingElse() throws {
    try withScratchDirectory { path in
      let scene = try JournalScene(path)
      let probe = TailProbe()
      try scene.append("a")
      #expect(!probe.hasChanged())
      probe.settle(in: scene.folder.journal)
      #expect(!probe.hasChanged())
      try scene.append("b")
      #expect(probe.hasChanged())
      #expect(!probe.hasChanged())
    }
  }
}
