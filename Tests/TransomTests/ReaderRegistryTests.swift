import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing

@testable import Transom

@Suite(.timeLimit(.minutes(1))) struct ReaderRegistryTests {
  @Test func listsWhoReadsAndHowFarItCame() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.send(1...5)
      let held = try scene.reader("held")
      try held.acknowledge(try #require(try held.tryNext()).ticket)
      try held.save()
      try scene.reader("free").close()
      let unnamed = try UnnamedReader.open(in: scene.folder)
      let member = try scene.member("shared")
      let listed = try scene.registry.list()
      #expect(listed.map(\.name).dropFirst() == ["free", "held", "shared"])
      #expect(listed[0].name.hasPrefix("_") && listed[0].name.utf8.count == 17)
      #expect(listed.map(\.kind) == [.unnamed, .reader, .reader, .group])
      #expect(listed.map(\.lag) == [0, 5, 4, 5])
      #expect(listed.map(\.isHeld) == [true, false, true, true])
      #expect(listed[2].holders == ["process \(getpid())"] && listed[2].heldSince != nil)
      #expect(listed.allSatisfy { $0.fault == nil && $0.registered != nil && $0.written != nil })
      try held.close()
      try unnamed.close()
      try member.close()
      #expect(try scene.registry.list().map(\.name) == ["free", "held", "shared"])
    }
  }

  @Test func dropsWhatNobodyUses() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.send(1...2)
      let name = try ReaderName("worker")
      let reader = try scene.reader()
      let first = try #require(try reader.tryNext())
      let refusal = #expect(throws: ChannelError.self) { try scene.registry.drop(name) }
      #expect(refusal?.code == .readerBusy && refusal?.what.contains("process \(getpid())") == true)
      try scene.registry.drop(name, force: true)
      #expect(try scene.registry.list().isEmpty)
      try reader.acknowledge(first.ticket)
      let gone = #expect(throws: ChannelError.self) { try reader.save() }
      #expect(gone?.code == .closed)
      #expect(try scene.reader().all().map(\.value) == [1, 2], "the same name is another reader")
      let unknown = #expect(throws: ChannelError.self) { try scene.registry.drop(try ReaderName("other")) }
      #expect(unknown?.code == .noReader)
    }
  }

  @Test func dropsAGroupWithAllThatBelongsToIt() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let name = try ReaderName("group")
      let member = try scene.member()
      let refusal = #expect(throws: ChannelError.self) { try scene.registry.drop(name) }
      #expect(refusal?.code == .readerBusy)
      try scene.registry.drop(name, force: true)
      #expect(try scene.folder.readers.names().isEmpty)
      try scene.send(1...1)
      let error = #expect(throws: ChannelError.self) { try member.tryNext() }
      #expect(error?.code == .closed)
    }
  }

  @Test func setsAReaderElsewhere() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.send(1...5)
      let name = try ReaderName("worker")
      let reader = try scene.reader()
      let all = try reader.all()
      for delivered in all { try reader.acknowledge(delivered.ticket) }
      #expect(throws: ChannelError.self) { try scene.registry.reset(name, to: .start) }
      try reader.close()
      try scene.registry.reset(name, to: .start)
      #expect(try scene.reader().all().map(\.value) == [1, 2, 3, 4, 5])
      try scene.registry.reset(name, to: .behind(all[2].number))
      #expect(try scene.reader().all().map(\.value) == [4, 5])
      try scene.registry.reset(name, to: .new)
      #expect(try scene.reader().all().isEmpty)
      let member = try scene.member()
      let given = try member.all()
      for delivered in given.dropFirst() { try member.acknowledge(delivered.ticket) }
      try member.close()
      try scene.registry.reset(try ReaderName("group"), to: .behind(all[3].number))
      #expect(try scene.member().all().map(\.value) == [5])
    }
  }

  @Test func anUnnamedReaderWhoseProcessIsGoneIsForgotten() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let name: String
      do {
        let reader = try UnnamedReader.open(in: scene.folder)
        name = try #require(try scene.registry.list().first).name
        withExtendedLifetime(reader) {}
      }
      #expect(try scene.folder.readers.names() == [name], "let go of, not closed")
      #expect(try scene.registry.list().isEmpty)
      #expect(try scene.folder.readers.names().isEmpty)
    }
  }

  @Test func filesThatNobodyReadsUnderHoldNothing() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path, segmentLimit: 4_096)
      for name in ["_0123456789abcdef", "a b", "worker~9", ".x"] { RawFiles.write("junk", to: scene.readerPath(name)) }
      try scene.send(1...400, padding: 100, inOneBatch: false)
      #expect(try scene.folder.log.segments().count < 12)
      #expect(try scene.registry.list().isEmpty)
    }
  }

  @Test func anUnnamedReaderShowsItsPlaceWhenItLeavesASegment() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path, segmentLimit: 4_096)
      let reader = try UnnamedReader.open(in: scene.folder)
      try scene.send(1...100, padding: 100, inOneBatch: false)
      var values: [Int] = []
      while let next = try reader.tryNext() { values.append(next.value) }
      #expect(values == Array(1...100))
      let lag = try #require(try scene.registry.list().first).lag
      #expect(lag < 40, "it holds no more than about a segment: \(lag)")
      try reader.close()
      #expect(throws: ChannelError.self) { try reader.tryNext() }
    }
  }

  @Test func aReaderIsRegisteredBeforeItsSegmentCanGo() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path, segmentLimit: 4_096)
      try scene.send(1...1)
      let reader = try scene.reader()
      let other = try scene.reader("other")
      try scene.send(2...400, padding: 100, inOneBatch: false)
      #expect(try reader.all().map(\.value) == Array(1...400), "held for it, many segments on")
      for delivered in try other.all() { try other.acknowledge(delivered.ticket) }
      try other.close()
      #expect(try scene.folder.log.segments().count > 15)
      try reader.close()
      try scene.registry.drop(try ReaderName("worker"))
      try scene.send(401...440, padding: 100, inOneBatch: false)
      // The newest hundred always stay, and with them the segments that they lie in.
      #expect(try scene.folder.log.segments().count < 12)
    }
  }
}
