import ChannelMessages
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
      let crowd = try ProcessRun(
        [try ProcessRun.crowd, "\(scene.port)", "/channels/channel/socket", "\(Self.clients)", "\(Self.events)"]
      )
      let first = crowd.line()
      try #require(first == "ready", "\(first ?? "")")
      // All that it has said meanwhile fits into its pipe.
      for _ in 0..<Self.clients { scene.bridge.awaitLine("connected") }
      for batch in 0..<Self.events / 50 {
        _ = try await channel.send(contentsOf: (0..<50).map { .event("tick", JSONText(integer: 50 * batch + $0)) })
      }
      let (code, output) = crowd.finish()
      print(output, terminator: "")
      #expect(code == 0 && output.hasPrefix("\(Self.clients) clients got \(Self.events) events each, in "), "\(output)")
      #expect(output.contains(", 0 wrong;"))
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
