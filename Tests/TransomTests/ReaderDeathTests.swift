import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// Readers that are killed at random while four others write.
@Suite(.timeLimit(.minutes(5)), .serialized) struct ReaderDeathTests {
  static let writers = ["A", "B", "C", "D"]
  static let messagesOfAWriter = 2_000

  /// What was written down of one message.
  struct Event: Hashable {
    let kind: String
    let writer: String
    let number: Int
    let mark: String

    init?(_ line: Substring) {
      let words = line.split(separator: " ").map(String.init)
      guard words.count >= 3, let number = Int(words[2]) else { return nil }
      kind = words[0]
      writer = words[1]
      self.number = number
      mark = words.count > 3 ? words[3] : ""
    }

    var message: String { "\(writer) \(number)" }
  }

  private func events(in log: String) -> [Event] {
    (RawFiles.read(log) ?? "").split(separator: "\n").compactMap { Event($0) }
  }

  private func startWriters(_ channel: String) throws -> [ProcessRun] {
    let peer = try ProcessRun.peer
    return try Self.writers.map {
      try ProcessRun([peer, "reader-feed", channel, $0, String(Self.messagesOfAWriter)])
    }
  }

  private var everything: Set<String> {
    Set(Self.writers.flatMap { writer in (0..<Self.messagesOfAWriter).map { "\(writer) \($0)" } })
  }

  /// Whether the first times of a writer's messages came in their order.
  private func isOrdered(_ events: [Event], kind: String) -> Bool {
    var highest: [String: Int] = [:]
    var seen: Set<String> = []
    for event in events where event.kind == kind && seen.insert(event.message).inserted {
      guard event.number > highest[event.writer, default: -1] else { return false }
      highest[event.writer] = event.number
    }
    return true
  }

  @Test(arguments: ["each", "coalesced"]) func aDurableReaderThatIsKilledTwentyTimesMissesNothing(
    _ saving: String
  ) throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let peer = try ProcessRun.peer
      var random = SeededGenerator(seed: saving == "each" ? 5 : 6)
      let writers = try startWriters(scene.path)
      let log = "\(path)/log"
      var sessions: [Int] = []
      for _ in 0..<20 {
        let reader = try ProcessRun([peer, "reader-read", scene.path, "worker", saving, log])
        for _ in 0..<Int.random(in: 1...8, using: &random) { #expect(reader.line() != nil) }
        kill(reader.pid, SIGKILL)
        reader.wait()
        sessions.append(events(in: log).count)
      }
      for writer in writers { #expect(writer.finish().output.contains("done")) }
      RawFiles.write("", to: "\(scene.path)/done")
      let last = try ProcessRun([peer, "reader-read", scene.path, "worker", saving, log]).finish()
      #expect(last.code == 0 && last.output.hasSuffix("end\n"), "\(last.output.suffix(300))")

      let events = events(in: log)
      // What it was given, and not what it wrote down as acknowledged: it may be killed between the two.
      let missing = everything.subtracting(events.filter { $0.kind == "d" }.map(\.message))
      #expect(missing.isEmpty, "\(missing.sorted().prefix(9))")
      #expect(isOrdered(events, kind: "d"))
      #expect(!(RawFiles.read(log) ?? "").contains("gap"))
      // A session as well: what it was given came in order, repetitions included.
      for (start, end) in zip([0] + sessions, sessions + [events.count]) {
        #expect(isOrdered(Array(events[start..<end]), kind: "d"))
      }
      var delivered: Set<String> = []
      var acknowledged: Set<String> = []
      var repeated = 0
      for event in events {
        if event.kind == "d" {
          if !delivered.insert(event.message).inserted {
            repeated += 1
            #expect(event.mark == "again", "\(event) came before and is not marked")
          }
          if saving == "each" { #expect(!acknowledged.contains(event.message), "\(event) was acknowledged before") }
        } else {
          acknowledged.insert(event.message)
        }
      }
      print("durable reader, \(saving), killed 20 times: \(repeated) of \(everything.count) messages came again")
      // What was not written when it was killed, and the one it had in hand.
      #expect(repeated <= 20 * (saving == "each" ? 1 : 101))
    }
  }

  @Test func aGroupOfFourThatAreKilledLosesNothingAndDoublesNothingUnmarked() throws {
    try withScratchDirectory { path in
      let scene = try ReadersScene(path)
      let peer = try ProcessRun.peer
      var random = SeededGenerator(seed: 8)
      let writers = try startWriters(scene.path)
      let log = "\(path)/log"
      func start() throws -> ProcessRun { try ProcessRun([peer, "group-read", scene.path, "group", log]) }
      var members = try (0..<4).map { _ in try start() }
      for _ in 0..<20 {
        let place = Int.random(in: 0..<4, using: &random)
        for _ in 0..<Int.random(in: 1...4, using: &random) { _ = members[place].line() }
        kill(members[place].pid, SIGKILL)
        members[place].wait()
        members[place] = try start()
      }
      for writer in writers { #expect(writer.finish().output.contains("done")) }
      RawFiles.write("", to: "\(scene.path)/done")
      for member in members {
        let end = member.finish()
        #expect(end.code == 0 && end.output.hasSuffix("end\n"), "\(end.output.suffix(300))")
      }
      // Those that ended first may have left what the last ones to be killed had: one more comes and finds it.
      #expect(try start().finish().code == 0)

      let events = events(in: log)
      let acknowledged = events.filter { $0.kind == "a" }
      let missing = everything.subtracting(acknowledged.map(\.message))
      #expect(missing.isEmpty, "\(missing.sorted().prefix(9))")
      var unmarked: Set<String> = []
      for event in events where event.kind == "d" && event.mark == "first" {
        #expect(unmarked.insert(event.message).inserted, "\(event) came twice unmarked")
      }
      let again = events.count { $0.kind == "d" && $0.mark == "again" }
      print("group of four, killed 20 times: \(again) of \(everything.count) messages came again")
      #expect(try scene.registry.list().map(\.lag) == [0])
    }
  }
}
