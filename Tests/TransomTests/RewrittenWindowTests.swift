import ChannelMessages
import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// Windows are written where displaced ones were: what others see of that.
@Suite struct RewrittenWindowTests {
  private static let window = ChannelLayout.window(.backendToFrontend)

  /// A program that sends: a folder of its own, as another process has.
  private struct Sender {
    let folder: ChannelFolder
    let direction: DirectionFolder

    init(_ path: String, options: ChannelFolder.Options = ChannelFolder.Options()) throws {
      folder = try ChannelFolder.open("\(path)/channel", options: options)
      direction = try folder.direction(.backendToFrontend)
    }

    func send(_ event: String) throws {
      let deadline = Moment.now.advanced(by: .seconds(10))
      let draft = try Outgoing.event(event).draft(at: ChannelFolder.wallClock(), path: direction.path)
      let number = try direction.log.append([draft], until: deadline).numbers.upperBound
      try folder.window(.backendToFrontend).projector.show(through: number, until: deadline)
    }

    var inode: UInt64? { get throws { try direction.windowFacts()?.stamp.inode } }

    /// Windows in staging, whatever they wait for.
    var leftWindows: [String] {
      get throws { try direction.staging.directory.names().filter { $0.hasPrefix(RewrittenWindowTests.window) } }
    }
  }

  private static func methods(_ path: String) throws -> [String] {
    try PeerScene(path: "\(path)/channel", side: .frontend).received().compactMap(\.method)
  }

  @Test func oneFileWaitsWhileTheOtherIsTheWindow() throws {
    try withScratchDirectory { path in
      let sender = try Sender(path)
      var inodes: [UInt64?] = []
      for number in 0..<6 {
        try sender.send("\(number)")
        inodes.append(try sender.inode)
      }
      #expect(Set(inodes).count == 2)
      #expect(try Self.methods(path) == (0..<6).map(String.init))
      #expect(try sender.leftWindows.count == 1)
    }
  }

  /// Who opened a window reads it to its end, however slowly, and never half of another.
  @Test func whoeverHasOpenedAWindowReadsItWhole() throws {
    try withScratchDirectory { path in
      let sender = try Sender(path)
      try sender.send("first")
      let directory = try Directory.open("\(path)/channel")
      let isOver = Atomic(false)
      let reads = Atomic(0)
      let torn = Mutex<[String]>([])
      let readers = (0..<2).map { number in
        NativeThread {
          while !isOver.load(ordering: .relaxed) {
            var bytes: [UInt8] = []
            guard let file = try? directory.openRegularFile(Self.window) else {
              torn.withLock { $0.append("it cannot be opened") }
              return
            }
            while let piece = try? file.read(500, at: Int64(bytes.count)), !piece.isEmpty {
              bytes += piece
              if number == 0 { KernelClock.pause(.microseconds(20)) }
            }
            if (try? JSONText(validating: bytes)) == nil {
              torn.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
            }
            reads.add(1, ordering: .relaxed)
          }
        }
      }
      for number in 0..<3_000 { try sender.send("event number \(number)") }
      isOver.store(true, ordering: .relaxed)
      for reader in readers { reader.join() }
      #expect(torn.withLock { $0 } == [])
      #expect(reads.load(ordering: .relaxed) > 100)
    }
  }

  /// It holds what was in the window long ago: to import that again would be to send it again.
  @Test func whatAnotherProgramKeepsForItsNextWindowIsNotReadAndMayBeTakenAway() throws {
    try withScratchDirectory { path in
      let (one, two) = (try Sender(path), try Sender(path))
      for number in 0..<3 { try one.send("one \(number)") }
      let kept = try one.leftWindows
      #expect(kept.count == 1)
      try two.send("two")
      #expect(try one.leftWindows.filter(kept.contains) == [])
      for number in 3..<6 { try one.send("one \(number)") }
      let expected = ["one 0", "one 1", "one 2", "two", "one 3", "one 4", "one 5"]
      #expect(try Self.methods(path) == expected)
      #expect(try one.direction.log.tailNumber() == SequenceNumber(7))
    }
  }

  /// A window that is to survive a power loss is not written over before the next is there for good.
  @Test func nothingIsWrittenAnewOnceWindowsAreFlushed() throws {
    try withScratchDirectory { path in
      let sender = try Sender(path)
      for number in 0..<3 { try sender.send("\(number)") }
      try sender.folder.window(.backendToFrontend).projector.flush()
      #expect(try sender.leftWindows == [])
      for number in 3..<6 { try sender.send("\(number)") }
      #expect(try sender.leftWindows == [])
    }
  }

  @Test func aSenderWithoutLeasesSendsAsEver() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      calls.plan(.every(.lease), .fail(EINVAL))
      var options = ChannelFolder.Options()
      options.calls = calls
      let sender = try Sender(path, options: options)
      for number in 0..<20 { try sender.send("\(number)") }
      #expect(try Self.methods(path) == (0..<20).map(String.init))
      #expect(calls.count(of: .lease) == 1)
      #expect(try sender.leftWindows == [])
    }
  }
}
