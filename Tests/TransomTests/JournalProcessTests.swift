// Several processes append at once, and some are killed while they do.

import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

@Suite(.timeLimit(.minutes(3))) struct JournalProcessTests {
  /// A writer's life: it is killed, or runs to its end, and then begins again behind what it had told.
  private final class Writer {
    let name: String
    let path: String
    let pace: OwnedDescriptor
    var told = 0
    var run: ProcessRun

    static let last = 3_000

    init(_ name: String, _ path: String) throws {
      self.name = name
      self.path = path
      RawFiles.makeFIFO("\(path)/pace-\(name)")
      pace = OwnedDescriptor(taking: unsafe open("\(path)/pace-\(name)", O_RDWR | O_CLOEXEC))
      run = try Self.start(name, path, from: 1)
    }

    private static func start(_ name: String, _ path: String, from first: Int) throws -> ProcessRun {
      try ProcessRun([
        try ProcessRun.peer, "journal-write", path, name, "\(first)", "\(last)", "20000", "\(path)/pace-\(name)",
      ])
    }

    /// Lets it append so many batches.
    func admit(_ count: Int) {
      _ = unsafe write(pace.number, [UInt8](repeating: 0, count: count), count)
    }

    /// Hears of so many batches, or of the end.
    func hear(_ count: Int) {
      for _ in 0..<count {
        guard told < Self.last, let line = run.line() else { return }
        told = Int(line) ?? told
      }
    }

    /// Kills it, hears what it said before, and starts it again behind the messages that it may have sent untold.
    func restart() throws {
      kill(run.pid, SIGKILL)
      while let line = run.line() { told = Int(line) ?? told }
      run.wait()
      // Up to four stand in a batch that was appended and not told, or not appended.
      if told < Self.last { run = try Self.start(name, path, from: told + 1) }
    }
  }

  @Test func whatWasAcknowledgedIsThereInEachWritersOrderWhoeverIsKilled() throws {
    try withScratchDirectory { scratch in
      let scene = try JournalScene(scratch) { $0.segmentLimit = 20_000 }
      // Holds everything until it was read.
      let holder = try ReaderFileOnDisk("worker", in: scene.folder)
      let writers = try (0..<4).map { try Writer("w\($0)", scene.path) }
      var random = SeededGenerator(seed: 3)
      var kills = 0
      var gaps: [GapNotice] = []
      var payloads: [String] = []
      while writers.contains(where: { $0.told < Writer.last }) {
        for writer in writers { writer.admit(30) }
        for writer in writers { writer.hear(Int.random(in: 1...30, using: &random)) }
        payloads += try scene.read(&gaps)
        if kills < 20, let victim = writers.filter({ $0.told < Writer.last }).randomElement(using: &random) {
          try victim.restart()
          kills += 1
        }
      }
      for writer in writers { writer.run.wait() }
      payloads += try scene.read(&gaps)
      withExtendedLifetime(holder) {}

      for writer in writers {
        let numbers = payloads.filter { $0.hasPrefix(writer.name) }.compactMap { Int($0.dropFirst(3)) }
        // What was appended and not told before a kill comes again, and nothing else does.
        var seen: Set<Int> = []
        let first = numbers.filter { seen.insert($0).inserted }
        #expect(first == Array(1...Writer.last), "\(writer.name)")
        #expect(numbers.count - first.count <= 4 * kills)
      }
      #expect(gaps.isEmpty, "\(gaps)")
      print("journal: \(payloads.count) messages of 4 writers, \(kills) killed, none missing")
      #expect(kills == 20)
      let fresh = JournalReader(scene.folder, after: .none)
      var records: [SequenceNumber] = []
      while let stretch = try fresh.next() { records += stretch.records.map(\.sequenceNumber) }
      #expect(records == (1...UInt64(payloads.count)).map { SequenceNumber($0) })
    }
  }
}
