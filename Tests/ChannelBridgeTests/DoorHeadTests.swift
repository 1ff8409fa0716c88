import ChannelMessages
import Glibc
import TestSupport
import Testing
import Transom

/// What a door decides by the head of a request, and what it says when it ends.
@Suite("A door and its heads", .timeLimit(.minutes(1))) struct DoorHeadTests {
  /// Else 1,024 strangers could have a megabyte each held.
  @Test func whoMayNotComeIsRefusedBeforeHisBodyIsThere() async throws {
    let words = ["--listen", "--token", "@tokens"]
    let prepare = { (folder: String) in
      RawFiles.write("ann 0123456789abcdef\n", to: folder + "/tokens")
      RawFiles.setPermissions(folder + "/tokens", to: 0o600)
    }
    try await BridgeScene.with(words, at: "http://127.0.0.1:0", prepare: prepare) { scene in
      let door = DoorScene(bridge: scene)
      func said(_ head: String) throws -> String {
        let socket = try RawSocket(port: door.port)
        try socket.send("POST /channels/channel/\(head)Host: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{")
        return String(decoding: try socket.receiveAll(), as: UTF8.self)
      }
      for head in ["requests/a HTTP/1.1\r\n", "requests/a HTTP/1.1\r\nAuthorization: Bearer other\r\n"] {
        let answer = try said(head)
        #expect(answer.hasPrefix("HTTP/1.1 401 ") && answer.contains("Connection: close"), "\(answer)")
      }
      #expect(try said("nothing/a HTTP/1.1\r\n").hasPrefix("HTTP/1.1 404 "))
      scene.awaitLine("has shown no token")
    }
  }

  /// Whoever is on the way may let anything pass behind a request for a WebSocket.
  @Test func behindAnUpgradeThatIsNotMadeNothingIsRead() async throws {
    try await DoorScene.with { scene in
      let (_, responders) = try scene.answerer()
      let socket = try RawSocket(port: scene.port)
      let head = "GET /channels/channel/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
      let key =
        "Connection: Upgrade\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
      try socket.send(head + key + "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
      let answer = String(decoding: try socket.receiveAll(), as: UTF8.self)
      #expect(answer.hasPrefix("HTTP/1.1 426 ") && answer.contains("Connection: close"), "\(answer)")
      #expect(!answer.contains(" 200 "), "\(answer)")
      withExtendedLifetime(responders) {}
    }
  }

  @Test func anUpgradeBehindARequestIsMade() async throws {
    try await DoorScene.with { scene in
      let socket = try RawSocket(port: scene.port)
      let head = "GET /channels/channel/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
      let key =
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
      try socket.send("GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + head + key)
      var answers = ""
      while !answers.contains("HTTP/1.1 101 ") {
        let bytes = try socket.receive()
        try #require(!bytes.isEmpty, "\(answers)")
        answers += String(decoding: bytes, as: UTF8.self)
      }
      #expect(answers.hasPrefix("HTTP/1.1 404 "), "\(answers)")
    }
  }

  @Test func whoStillWaitsAtItsEndIsToldSo() async throws {
    try await DoorScene.with { scene in
      let (isAsked, mayAnswer) = (Latch(), Latch())
      let channel = try scene.bridge.open()
      let responder = channel.respond(to: "slow") { (_: Message) in
        isAsked.open()
        await mayAnswer.passed()
        return 1
      }
      let words = ["-sS", "--max-time", "20", "-w", "%{http_code}", "-H", "Content-Type: application/json", "-d", "1"]
      let asking = try ProcessRun(["curl"] + words + [scene.base + "/channels/channel/requests/slow"])
      await isAsked.passed()
      scene.bridge.tell(SIGTERM)
      let answer = asking.finish().output
      #expect(answer.hasSuffix("503") && answer.contains("the channel cannot be used now"), "\(answer)")
      let output = scene.bridge.finish().output
      #expect(!output.contains("has closed the channel"), "\(output)")
      mayAnswer.open()
      withExtendedLifetime(responder) {}
    }
  }
}
