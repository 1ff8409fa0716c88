import ChannelMessages
import ChannelWires
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// Many who come in by one door.
@Suite("Many at a door", .timeLimit(.minutes(4))) struct DoorLoadTests {
  /// A hundred; `TRANSOM_CLIENTS=1000` asks for more.
  private static let clients = ProcessEnvironment.value(of: "TRANSOM_CLIENTS").flatMap { Int($0) } ?? 100
  private static let events = 1_000

  @Test func eachGetsAllEventsInOrderAndOnce() async throws {
    try await DoorScene.with(["--peers", "1100"]) { scene in
      let channel = try scene.bridge.open()
      let port = try scene.port
      var talkers: [WebSocketTalker] = []
      for _ in 0..<Self.clients {
        talkers.append(try WebSocketTalker(port))
        scene.bridge.awaitLine("connected")
      }
      let begin = ContinuousClock.now
      for batch in 0..<Self.events / 50 {
        _ = try await channel.send(contentsOf: (0..<50).map { .event("tick", JSONText(integer: 50 * batch + $0)) })
      }
      var wrong = 0
      for talker in talkers {
        for next in 0..<Self.events where try talker.message().payload != JSONText(integer: next) { wrong += 1 }
      }
      let seconds = (ContinuousClock.now - begin) / .seconds(1)
      let rate = Int(Double(Self.clients * Self.events) / seconds)
      print("\(Self.clients) clients got \(Self.events) events each, in \(seconds) s: \(rate) a second")
      #expect(wrong == 0)
    }
  }

  @Test func whoSaysNothingTakesLittleMemory() async throws {
    try await DoorScene.with(["--peers", "1100"]) { scene in
      let port = try scene.port
      func resident() throws -> Int {
        let text = RawFiles.read("/proc/\(scene.bridge.pid)/status") ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 1_024
      }
      func come(_ count: Int) async throws -> [RawSocket] {
        let sockets = try (0..<count).map { _ in try RawSocket(port: port) }
        // Once the last is answered the door knows them all.
        let last = try RawSocket(port: port)
        try last.send("GET / HTTP/1.0\r\n\r\n")
        while try !last.receive().isEmpty {}
        return sockets
      }
      let warm = try await come(50)
      let before = try resident()
      let sockets = try await come(1_000)
      let each = (try resident() - before) / sockets.count
      print("a connection that says nothing takes \(each) bytes")
      #expect(each < 20 << 10)
      withExtendedLifetime((warm, sockets)) {}
    }
  }
}
