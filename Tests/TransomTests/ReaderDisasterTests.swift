import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing

@testable import Transom

/// The journal taken from under those who read it: they are told, and go on.
@Suite(.timeLimit(.minutes(1))) struct ReaderDisasterTests {
  private func segments(_ scene: ReadersScene) throws -> [String] {
    try scene.folder.journal.names().filter { $0.hasSuffix(".seg") }.map { scene.folder.journal.path(of: $0) }.sorted()
  }

  private func removeJournal(_ scene: ReadersScene) throws {
    for path in try segments(scene) { RawFiles.remove(path) }
  }

  private func take(_ count: Int, from reader: DurableReader) throws -> [Delivered] {
    try (0..<count).map { _ in
      let next = try #require(try reader.tryNext())
      try reader.acknowledge(next.ticket)
      return next
    }
  }

  @Test func aDeletedJournalIsToldAndReadOnFromTheNewOne() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let reader = try scene.reader("worker", saving: .each)
      try scene.send(1...5)
      let old = try take(3, from: reader)
      let open = try #require(try reader.tryNext())
      try removeJournal(scene)
      scene.folder.log.retire()
      try scene.send(6...8)
      let new = try reader.all()
      #expect(new.map(\.value).suffix(3) == [6, 7, 8])
      let told = new.flatMap(\.gaps).map(\.reason)
      #expect(told.contains(.replaced), "told \(told)")
      #expect(old.map(\.value) == [1, 2, 3])
      // It speaks of the journal that is no more, and must not touch the new one's messages.
      try reader.acknowledge(open.ticket)
      for delivered in new { try reader.acknowledge(delivered.ticket) }
      try reader.close()
      #expect(try scene.registry.list().map(\.lag) == [0])
    }
  }

  @Test func aCursorOfADeletedJournalStartsAtWhatIsThereAndSaysSo() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let reader = try scene.reader()
      try scene.send(1...5)
      _ = try take(5, from: reader)
      try reader.close()
      try removeJournal(scene)
      scene.folder.log.retire()
      try scene.send(6...7)
      let all = try scene.reader().all()
      #expect(all.map(\.value) == [6, 7])
      #expect(all.first?.gaps.contains { $0.reason == .replaced } == true)
    }
  }

  @Test func aGroupGoesOnInAReplacedJournal() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let (first, second) = (try scene.member(), try scene.member())
      try scene.send(1...6)
      let one = try first.all()
      #expect(one.count >= 3)
      try first.acknowledge(one[0].ticket)
      try removeJournal(scene)
      scene.folder.log.retire()
      try scene.send(7...10)
      let (left, right) = (try first.all(), try second.all())
      #expect((left + right).map(\.value).filter { $0 > 6 }.sorted() == [7, 8, 9, 10])
      #expect(left.flatMap(\.gaps).contains { $0.reason == .replaced })
      for delivered in left + one { try first.acknowledge(delivered.ticket) }
      for delivered in right { try second.acknowledge(delivered.ticket) }
      try first.close()
      try second.close()
      #expect(try scene.registry.list().map(\.lag) == [0])
    }
  }

  @Test func aTruncatedOrOverwrittenSegmentIsAGap() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let reader = try scene.reader()
      for start in [1, 11, 21] { try scene.send(start...start + 9) }
      _ = try take(3, from: reader)
      let segment = try #require(try segments(scene).first)
      let file = try scene.folder.journal.openRegularFile(String(segment.suffix(24)), for: .readingAndWriting)
      // Noise over the batch that comes next; the one behind it stands.
      let size = Int(try file.facts().stamp.size)
      var random = SeededGenerator(seed: 3)
      let noise = (0..<size / 3).map { _ in UInt8.random(in: 0...255, using: &random) }
      try file.write(noise.span, at: Int64(size / 3))
      let rest = try scene.reader("late").all()
      #expect(rest.map(\.value).suffix(9) == Array(22...30))
      #expect(rest.flatMap(\.gaps).contains { $0.reason == .damage })
    }
  }

  @Test func whatWasDroppedBehindAReaderIsAGap() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path, segmentLimit: 4_096)
      let reader = try scene.reader()
      try scene.send(1...200, padding: 100, inOneBatch: false)
      _ = try take(2, from: reader)
      try reader.close()
      for path in try segments(scene).prefix(3) { RawFiles.remove(path) }
      let rest = try scene.reader().all()
      #expect(rest.last?.value == 200 && rest[0].value > 30)
      #expect(rest[0].gaps.map(\.reason) == [.dropped])
      #expect(rest[0].gaps.first?.last == rest[0].number.previous)
    }
  }
}
