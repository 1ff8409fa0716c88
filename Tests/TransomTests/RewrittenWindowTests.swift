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
            // Pages of two windows may look like one, but not with numbers that follow each other.
            let text = String(decoding: bytes, as: UTF8.self)
            let numbers = text.split(separator: "event number ").dropFirst().map { part in
              Int(part.prefix { $0.isNumber }) ?? -1
            }
            let isRun = zip(numbers, numbers.dropFirst()).allSatisfy { $0 + 1 == $1 }
            if !isRun || (try? JSONText(validating: bytes)) == nil { torn.withLock { $0.append(text) } }
            reads.add(1, ordering: .relaxed)
          }
        }
      }
      // On for as long as it takes them to have read some, wherever they run.
      var number = 0
      while number < 3_000 || (reads.load(ordering: .relaxed) <= 100 && torn.withLock { $0.isEmpty }) {
        try sender.send("event number \(number)")
        number += 1
      }
      isOver.store(true, ordering: .relaxed)
      for reader in readers { reader.join() }
      #expect(torn.withLock { $0 } == [])
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

  /// What a crash of the machine leaves of a file that was written over nobody knows; in memory nothing is left.
  @Test func nothingIsWrittenAnewOnADisk() throws {
    try withScratchDirectory(on: .disk) { path in
      let sender = try Sender(path)
      if sender.direction.ground.fileSystem.isInMemory {
        print("skipped: there is no disk here")
        return
      }
      for number in 0..<4 { try sender.send("\(number)") }
      #expect(try sender.leftWindows == [])
    }
  }

  /// A program opened the window to write in place, and did so when it was none any more.
  @Test func whatSomebodyWroteIntoADisplacedWindowIsTakenIn() throws {
    try withScratchDirectory { path in
      let sender = try Sender(path)
      for number in 0..<3 { try sender.send("\(number)") }
      let writer = try Directory.open("\(path)/channel").openRegularFile(Self.window, for: .readingAndWriting)
      try sender.send("3")
      let theirs = #"[{"id":"theirs","timestamp":5,"type":"event","method":"theirs","payload":1}]"#
      try writer.truncate(to: 0)
      try writer.write(Array(theirs.utf8).span, at: 0)
      try writer.close()
      for number in 4..<7 { try sender.send("\(number)") }
      #expect(Set(try Self.methods(path)) == Set(["theirs"] + (0..<7).map(String.init)))
    }
  }

  /// Its pages are of two versions: to read that would be to invent messages.
  @Test func whatAProgramLeftThatWasKilledWhileItWroteIsNotRead() throws {
    try withScratchDirectory { path in
      let sender = try Sender(path)
      for number in 0..<3 { try sender.send("\(number)") }
      let text = #"[{"id":"half","timestamp":5,"type":"event","method":"half","payload":1}]"#
      let orphan = "\(path)/channel/.transom/staging/\(Self.window)-1f-1"
      RawFiles.write("\0" + text.dropFirst(), to: orphan)
      let other = try Sender(path)
      try other.send("3")
      #expect(try Self.methods(path) == (0..<4).map(String.init))
      #expect(RawFiles.read(orphan) == nil)
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
