import ChannelMessages
import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing

@testable import Transom

@Suite(.timeLimit(.minutes(2))) struct DurableReaderTests {
  @Test func goesOnWhereItStopped() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.send(1...10)
      let first = try scene.reader()
      let early = try first.all()
      #expect(early.map(\.value) == Array(1...10))
      for delivered in early.prefix(4) { try first.acknowledge(delivered.ticket) }
      try first.acknowledge(early[6].ticket)
      try first.close()
      try scene.send(11...12)
      let second = try scene.reader()
      let rest = try second.all()
      #expect(rest.map(\.value) == [5, 6, 8, 9, 10, 11, 12])
      #expect(rest.allSatisfy { $0.isRedelivered }, "the one before it ended with some open")
      for delivered in rest { try second.acknowledge(delivered.ticket) }
      try second.close()
      try scene.send(13...13)
      let third = try scene.reader()
      let last = try third.all()
      #expect(last.map(\.value) == [13])
      #expect(last.allSatisfy { !$0.isRedelivered }, "and this one with nothing open")
    }
  }

  @Test func beginsWhereItIsAskedToTheFirstTimeOnly() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.send(1...3)
      let new = try scene.reader("new", start: .new)
      try scene.send(4...5)
      #expect(try new.all().map(\.value) == [4, 5])
      try new.close()
      #expect(try scene.reader("new", start: .new).all().map(\.value) == [4, 5], "its cursor counts from then on")
      #expect(try scene.reader("start").all().map(\.value) == Array(1...5))
    }
  }

  @Test func waitsAtASpanOfOpenMessages() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      for start in stride(from: 1, through: 4_001, by: 1_000) { try scene.send(start...start + 999) }
      let reader = try scene.reader()
      let open = try reader.all()
      #expect(open.count == Cursor.span)
      for delivered in open.dropFirst() { try reader.acknowledge(delivered.ticket) }
      #expect(try reader.tryNext() == nil)
      try reader.acknowledge(open[0].ticket)
      #expect(try reader.all().map(\.value) == Array(4_097...5_000))
    }
  }

  @Test func tellsAGapWithTheMessageBehindItOrWhenAsked() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let reader = try scene.reader()
      let gap = GapNotice(.windowOverrun)
      try scene.append(.gap(gap))
      try scene.append(.cleared(floor: SequenceNumber(1)))
      try scene.append(.gap(GapNotice(.unused, from: SequenceNumber(1), through: SequenceNumber(1))))
      try scene.send(1...2)
      let all = try reader.all()
      #expect(all.map(\.gaps) == [[gap], []])
      for delivered in all { try reader.acknowledge(delivered.ticket) }
      try scene.append(.gap(gap))
      #expect(try reader.tryNext() == nil)
      #expect(reader.takeGaps() == [gap])
      #expect(reader.takeGaps() == [])
      try reader.save()
      let listed = try #require(try scene.registry.list().first)
      #expect(
        listed.through == all[1].number.next && listed.lag == 0,
        "what carries no message needs no acknowledgement"
      )
    }
  }

  @Test func passesARecordThatIsNoMessageAndSaysSo() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.append(.message(Array("no message".utf8)))
      try scene.send(1...1)
      let reader = try scene.reader()
      let all = try reader.all()
      #expect(all.map(\.value) == [1])
      #expect(all[0].gaps.map(\.reason) == [.damage])
    }
  }

  @Test func aSecondProcessIsToldWhoHasTheName() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let holder = try ProcessRun([try ProcessRun.peer, "reader-hold", scene.path, "worker"])
      #expect(holder.line() == "held \(holder.pid)")
      let error = #expect(throws: ChannelError.self) { try scene.reader() }
      #expect(error?.code == .readerBusy)
      #expect(error?.what.contains("process \(holder.pid)") == true)
      #expect(error?.path == scene.readerPath("worker"))
      let start = KernelClock.sinceBoot()
      #expect(throws: ChannelError.self) {
        let deadline = Moment(nanoseconds: start).advanced(by: .milliseconds(30))
        _ = try DurableReader.open(try ReaderName("worker"), in: scene.folder, until: deadline)
      }
      #expect(KernelClock.sinceBoot() - start >= 30_000_000)
      #expect(try scene.registry.list().map(\.holders) == [["process \(holder.pid)"]])
      kill(holder.pid, SIGKILL)
      // Taken over as soon as the kernel gives it up.
      let reader = try DurableReader.open(try ReaderName("worker"), in: scene.folder, until: ReadersScene.soon)
      try reader.close()
    }
  }

  @Test func aFlockWhoseHolderIsGoneIsAChilds() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.reader().close()
      // Somebody holds the flock while the header names a process that never was.
      let file = try scene.folder.readers.openRegularFile("worker", for: .readingAndWriting)
      var header = try ReaderFile.Header(decoding: try file.read(ReaderFile.byteCount, at: 0))
      header.process = UInt32(getpid())
      header.startTime = 1
      try file.write(header.encode().span, at: 0)
      #expect(try file.tryLock())
      let error = #expect(throws: ChannelError.self) { try scene.reader() }
      #expect(error?.what.contains("a child of process \(getpid())") == true)
    }
  }

  @Test func twoReadersInOneProcessExcludeEachOther() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let reader = try scene.reader()
      #expect(throws: ChannelError.self) { try scene.reader() }
      try reader.close()
      try scene.reader().close()
      #expect(throws: ChannelError.self) { try reader.tryNext() }
    }
  }

  @Test func acknowledgingWhatWasNotDeliveredIsAMistake() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.send(1...2)
      let reader = try scene.reader()
      let first = try #require(try reader.tryNext())
      let error = #expect(throws: ChannelError.self) {
        try reader.acknowledge(Delivered.Ticket(number: first.number.next, epoch: 0))
      }
      #expect(error?.code == .misuse)
      try reader.acknowledge(first.ticket)
      try reader.acknowledge(first.ticket)
    }
  }
}
