import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing

@testable import Transom

/// What the kernel refuses while somebody reads: an error that says where and what to do, and nothing acknowledged lost.
@Suite(.timeLimit(.minutes(3))) struct ReaderFaultTests {
  enum Fault: CaseIterable, CustomTestStringConvertible {
    case broken, full, outOfFiles, short

    var effect: FaultyCalls.Effect {
      switch self {
      case .broken: .fail(EIO)
      case .full: .fail(ENOSPC)
      case .outOfFiles: .fail(EMFILE)
      case .short: .short(3)
      }
    }

    var testDescription: String { "\(self)" }
  }

  /// What came of one go: which messages were acknowledged without an error.
  private struct Outcome {
    var acknowledged: Set<Int> = []
    var error: ChannelError?
  }

  private func attempt(_ body: (inout Outcome) throws -> Void) throws -> Outcome {
    var outcome = Outcome()
    do {
      try body(&outcome)
    } catch let error as ChannelError {
      outcome.error = error
    }
    return outcome
  }

  /// Lets the n-th call fail, for every n that there is, and looks at what is there afterwards.
  private func tryEveryCall(
    _ fault: Fault,
    _ use: (ReadersScene, inout Outcome) throws -> Void,
    after rest: (ReadersScene) throws -> [Int]
  ) throws {
    var isOver = false
    var count = 0
    while !isOver {
      count += 1
      try withScratchDirectory { path in
        let calls = FaultyCalls()
        let scene = try ReadersScene(path, calls: calls)
        try scene.send(1...4)
        calls.reset()
        calls.plan(.overall(count), fault.effect)
        let outcome = try attempt { outcome in try use(scene, &outcome) }
        isOver = calls.log.count < count
        calls.reset()
        if let error = outcome.error {
          #expect(error.path.hasPrefix(scene.path), "call \(count): \(error)")
          #expect(!error.hint.isEmpty && !error.what.isEmpty)
        }
        let left = try rest(scene)
        #expect(outcome.acknowledged.isDisjoint(with: left), "call \(count): \(outcome.acknowledged) came again")
        #expect(outcome.acknowledged.union(left).isSuperset(of: 3...4), "call \(count): something is lost")
        #expect(Set(left).count == left.count)
        let isWhole = outcome.error != nil || outcome.acknowledged == [1, 2]
        #expect(isWhole, "call \(count): nothing failed and not all was done")
      }
    }
    #expect(count > 10, "all calls were tried")
  }

  @Test(arguments: Fault.allCases) func aDurableReaderLosesNothing(_ fault: Fault) throws {
    try tryEveryCall(fault) { scene, outcome in
      let reader = try scene.reader("worker", saving: .each)
      for _ in 0..<2 {
        guard let next = try reader.tryNext() else { return }
        try reader.acknowledge(next.ticket)
        outcome.acknowledged.insert(next.value)
      }
      try reader.close()
    } after: { scene in
      try scene.reader("worker").all().map(\.value)
    }
  }

  @Test(arguments: Fault.allCases) func aMemberOfAGroupLosesNothing(_ fault: Fault) throws {
    var options = GroupMember.Options()
    options.saving = .each
    let chosen = options
    try tryEveryCall(fault) { scene, outcome in
      let member = try scene.member("group", chosen)
      for _ in 0..<2 {
        guard let next = try member.tryNext() else { return }
        try member.acknowledge(next.ticket)
        outcome.acknowledged.insert(next.value)
      }
      try member.close()
    } after: { scene in
      try scene.member("group", chosen).all().map(\.value)
    }
  }

  @Test func aMemberWhoseClaimsCouldNotBeWrittenGetsThemLater() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let scene = try ReadersScene(path, calls: calls)
      let member = try scene.member("group")
      try scene.send(1...4)
      calls.reset()
      calls.plan(.nth(1, .write), .fail(EIO))
      #expect(throws: ChannelError.self) { try member.tryNext() }
      calls.reset()
      #expect(try member.all().map(\.value) == [1, 2, 3, 4])
    }
  }

  @Test func whatCouldNotBeWrittenIsWrittenWithTheNext() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let scene = try ReadersScene(path, calls: calls)
      try scene.send(1...3)
      let reader = try scene.reader("worker", saving: .each)
      let all = try reader.all()
      calls.reset()
      calls.plan(.every(.write), .fail(ENOSPC))
      let error = #expect(throws: ChannelError.self) { try reader.acknowledge(all[0].ticket) }
      #expect(error?.path == scene.readerPath("worker") && error?.hint == "make room on the file system")
      #expect(try scene.registry.list().map(\.lag) == [3])
      calls.reset()
      try reader.acknowledge(all[1].ticket)
      #expect(try scene.registry.list().map(\.lag) == [1])
    }
  }

  @Test func aReaderThatCannotBeWrittenStopsBeforeItRunsFarAhead() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let scene = try ReadersScene(path, calls: calls)
      for start in stride(from: 1, through: 9_001, by: 1_000) { try scene.send(start...start + 999) }
      let reader = try scene.reader("worker", saving: .together(count: 1_000_000, time: .seconds(1_000)))
      calls.reset()
      calls.plan(.every(.write), .fail(EIO))
      var count = 0
      let error = #expect(throws: ChannelError.self) {
        while let next = try reader.tryNext() {
          try reader.acknowledge(next.ticket)
          count += 1
        }
      }
      #expect(count == 2 * Cursor.span && error?.path == scene.readerPath("worker"))
      calls.reset()
      #expect(try reader.tryNext()?.value == 2 * Cursor.span + 1)
    }
  }

  @Test func hostileFilesAreNamedAndNeverFollowed() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.send(1...2)
      RawFiles.makeSymlink(scene.readerPath("link"), to: "/etc/passwd")
      RawFiles.makeFIFO(scene.readerPath("fifo"))
      RawFiles.makeDirectory(scene.readerPath("folder"))
      RawFiles.write("something else", to: scene.readerPath("text"))
      RawFiles.write("TSMCUR\u{2}\u{0}", to: scene.readerPath("newer"))
      for (name, code) in [
        ("link", ChannelError.Code.refused), ("fifo", .refused), ("folder", .refused), ("text", .damaged),
        ("newer", .newerFormat),
      ] {
        let error = #expect(throws: ChannelError.self) { try scene.reader(name) }
        #expect(error?.code == code && error?.path == scene.readerPath(name), "\(name): \(String(describing: error))")
      }
      let listed = try scene.registry.list()
      #expect(listed.map(\.name) == ["fifo", "folder", "link", "newer", "text"])
      #expect(listed.allSatisfy { $0.fault != nil })
      try scene.registry.drop(try ReaderName("text"))
      #expect(try scene.reader("text").all().count == 2)
    }
  }

  @Test func aTornHeaderLeavesTheCursor() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      try scene.send(1...3)
      let reader = try scene.reader()
      try reader.acknowledge(try #require(try reader.tryNext()).ticket)
      try reader.close()
      let file = try scene.folder.readers.openRegularFile("worker", for: .readingAndWriting)
      try file.write([UInt8](repeating: 0xEE, count: 20).span, at: 12)
      #expect(try scene.reader().all().map(\.value) == [2, 3])
      // With both slots gone as well it begins at what is retained: too much, and nothing is lost.
      try file.write([UInt8](repeating: 0xEE, count: 9_000).span, at: 3_000)
      #expect(try scene.reader().all().map(\.value) == [1, 2, 3])
    }
  }
}
