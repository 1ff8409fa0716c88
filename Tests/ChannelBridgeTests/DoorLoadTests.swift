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

  private static func port(of scene: DoorScene) throws -> UInt16 {
    try #require(scene.base.split(separator: ":").last.flatMap { UInt16($0) })
  }

  /// A WebSocket that is open.
  private static func open(_ port: UInt16) throws -> RawSocket {
    let socket = try RawSocket(port: port)
    try socket.send(
      "GET /channels/channel/socket HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      let bytes = try socket.receive(atMost: 1)
      guard !bytes.isEmpty else { throw Talker.Silence() }
      head += bytes
    }
    #expect(String(decoding: head, as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
    return socket
  }

  @Test func eachGetsAllEventsInOrderAndOnce() async throws {
    try await DoorScene.with(["--peers", "1100"]) { scene in
      let channel = try scene.bridge.open()
      let port = try Self.port(of: scene)
      var sockets: [RawSocket] = []
      for _ in 0..<Self.clients {
        sockets.append(try Self.open(port))
        scene.bridge.awaitLine("connected")
      }
      let begin = ContinuousClock.now
      for batch in 0..<Self.events / 50 {
        _ = try await channel.send(contentsOf: (0..<50).map { .event("tick", JSONText(integer: 50 * batch + $0)) })
      }
      var wrong = 0
      for socket in sockets {
        var reader = WebSocketReader(role: .client, messageLimit: 1 << 20)
        var next = 0
        while next < Self.events {
          let bytes = try socket.receive()
          guard !bytes.isEmpty else { throw Talker.Silence() }
          for case .message(.text, let text) in reader.take(bytes) {
            if try Message(text).payload != JSONText(integer: next) { wrong += 1 }
            next += 1
          }
        }
      }
      let seconds = (ContinuousClock.now - begin) / .seconds(1)
      let rate = Int(Double(Self.clients * Self.events) / seconds)
      print("\(Self.clients) clients got \(Self.events) events each, in \(seconds) s: \(rate) a second")
      #expect(wrong == 0)
    }
  }

  @Test func whoSaysNothingTakesLittleMemory() async throws {
    try await DoorScene.with(["--peers", "1100"]) { scene in
      let port = try Self.port(of: scene)
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
