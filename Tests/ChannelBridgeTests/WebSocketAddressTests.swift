import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// A bridge that connects to a WebSocket: that of a door, and that of a server that nobody here wrote.
@Suite("A bridge to a WebSocket", .timeLimit(.minutes(2))) struct WebSocketAddressTests {
  static func url(_ scene: BridgeScene, port: String? = nil) -> String {
    let place = port.map { "://127.0.0.1:\($0)" } ?? String(scene.url.dropFirst(4))
    return "ws\(place)/channels/channel/socket"
  }

  private static func writeTokens(to folder: String) {
    for (name, text) in [("tokens", "desk 0123456789abcdef\n"), ("token", "0123456789abcdef\n")] {
      RawFiles.write(text, to: "\(folder)/\(name)")
      RawFiles.setPermissions("\(folder)/\(name)", to: 0o600)
    }
  }

  /// Two channels, joined by a bridge to the door of the other.
  private static func withBoth(
    _ words: [String] = ["--ack", "peer"],
    through port: String? = nil,
    _ body: (_ near: BridgeScene, _ far: BridgeScene) async throws -> Void
  ) async throws {
    try await BridgeScene.with(["--listen"], at: "http://127.0.0.1:0") { far in
      try await BridgeScene.with(words, at: url(far, port: port), isThere: false) { near in
        near.awaitLine("connected")
        try await body(near, far)
      }
    }
  }

  // MARK: With a door

  @Test func carriesRequestsBothWays() async throws {
    try await Self.withBoth { near, far in
      let (here, there) = (try near.open(), try far.open())
      there.respond(to: "double") { (number: Int) in number * 2 }
      here.respond(to: "triple") { (number: Int) in number * 3 }
      #expect(try await here.request("double", 21, timeout: .seconds(20)) == 42)
      #expect(try await there.request("triple", 21, timeout: .seconds(20)) == 63)
    }
  }

  /// A relay between the two is cut off again and again: nothing is lost, and nothing comes twice or out of turn.
  @Test func carriesEventsOnceAndInOrderOverLostConnections() async throws {
    try await BridgeScene.with(["--listen"], at: "http://127.0.0.1:0") { far in
      let port = far.url.split(separator: ":").last ?? ""
      let relay = try ProcessRun(
        ["socat", "-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1,fork", "TCP:127.0.0.1:\(port)"]
      )
      let place = relay.line()?.split(separator: ":").last.map(String.init)
      let url = Self.url(far, port: place)
      try await BridgeScene.with(["--ack", "peer", "--name", "near"], at: url, isThere: false) { near in
        near.awaitLine("connected")
        try await eventually { try far.hasReader("door-near") && near.hasReader("bridge-near") }
        let (here, there) = (try near.open(), try far.open())
        let (heardHere, heardThere) = (here.messages, there.messages)
        for round in 0..<4 {
          for number in 0..<100 {
            try await here.send("out", JSONText(integer: 100 * round + number))
            try await there.send("in", JSONText(integer: 100 * round + number))
            if number == 50 {
              _ = try ProcessRun.run("sh", "-c", "kill -9 $(cat /proc/\(relay.pid)/task/\(relay.pid)/children)")
            }
          }
        }
        for number in 0..<400 {
          #expect(try await heardThere.next()?.payload == JSONText(integer: number))
          #expect(try await heardHere.next()?.payload == JSONText(integer: number))
        }
        #expect(try await here.send("last", 1).id != "")
        #expect(try await heardThere.next()?.method == "last")
      }
      withExtendedLifetime(relay) {}
    }
  }

  @Test func showsItsToken() async throws {
    let words = ["--listen", "--token", "@tokens"]
    try await BridgeScene.with(words, at: "http://127.0.0.1:0", prepare: Self.writeTokens) { far in
      let token = "\(far.folder)/token"
      try await BridgeScene.with(["--token", token], at: Self.url(far), isThere: false) { near in
        #expect(far.awaitLine("connected with").contains("desk"))
        let there = try far.open()
        there.respond(to: "double") { (number: Int) in number * 2 }
        #expect(try await near.open().request("double", 21, timeout: .seconds(20)) == 42)
      }
      try await BridgeScene.with([], at: Self.url(far), isThere: false) { near in
        #expect(near.awaitLine("refuses what it gets").contains("a token is missing"))
      }
    }
  }

  @Test func isSecuredByTLSAndKnowsWhomItCameTo() async throws {
    let words = ["--listen", "--cert", "@server.pem", "--key", "@server.key"]
    try await BridgeScene.with(words, at: "https://127.0.0.1:0", prepare: TestCertificates.write) { far in
      let url = "wss" + far.url.dropFirst(5) + "/channels/channel/socket"
      try await BridgeScene.with(["--ca", far.folder + "/ca.pem"], at: url, isThere: false) { near in
        near.awaitLine("connected")
        let there = try far.open()
        there.respond(to: "double") { (number: Int) in number * 2 }
        #expect(try await near.open().request("double", 21, timeout: .seconds(20)) == 42)
      }
      // Of another name, and of somebody whom nobody knows.
      let elsewhere = url.split(separator: "127.0.0.1").joined(separator: "localhost")
      try await BridgeScene.with(["--ca", far.folder + "/ca.pem"], at: elsewhere, isThere: false) { near in
        #expect(near.awaitLine("is lost").contains("localhost"))
      }
      try await BridgeScene.with([], at: url, isThere: false) { near in
        #expect(near.awaitLine("is lost").contains("not trusted"))
      }
    }
  }

  // MARK: With others

  private static func server(_ words: String...) throws -> (run: ProcessRun, url: String) {
    let run = try DoorScene.python("websockets_server.py", words)
    let port = run.line()?.split(separator: " ").last ?? ""
    return (run, "ws://127.0.0.1:\(port)/some/path?x=1")
  }

  @Test func speaksWithAnyServer() async throws {
    let (server, url) = try Self.server(
      "hear",
      "reply",
      "[1]",
      "say",
      #"{"type":"event","method":"tick","payload":2}"#,
      "hear"
    )
    try await BridgeScene.with([], at: url, isThere: false) { near in
      near.awaitLine("connected")
      #expect(server.line() == "asked: /some/path?x=1 showing nothing")
      #expect(server.line() == "spoken: transom.1")
      let channel = try near.open()
      let messages = channel.messages
      #expect(try await channel.request("list", timeout: .seconds(20)) == [1])
      #expect(server.line()?.contains("\"method\":\"list\"") == true)
      #expect(try await messages.next()?.payload == 2)
      try await eventually { try near.hasReader("bridge-socket") }
      try await channel.send("tock", 3)
      #expect(server.line()?.contains("\"payload\":3") == true)
      near.tell(SIGTERM)
      #expect(near.finish().code == 128 + SIGTERM)
      #expect(server.finish().output == "ended: 1001\n")
    }
  }

  @Test func comesAgainWhenTheServerHasGone() async throws {
    let (server, url) = try Self.server("leave", "close", "1000", "", "say", "")
    try await BridgeScene.with([], at: url, isThere: false) { near in
      for _ in 0..<2 { near.awaitLine("connected") }
      withExtendedLifetime(server) {}
    }
  }

  @Test(arguments: [
    (["refuse", "401", "who?", "hear"], ["answers 401: who?", "see --token"]),
    (["refuse", "404", "nothing", "hear"], ["answers 404: nothing", "look at the path"]),
    (["refuse", "200", "hello", "hear"], ["answers 200: hello", "is a WebSocket spoken there?", "wss: is with TLS"]),
  ])
  func saysWhyItIsNotLetInAndTriesAgain(server: [String], words: [String]) async throws {
    let run = try DoorScene.python("websockets_server.py", server)
    let port = run.line()?.split(separator: " ").last ?? ""
    try await BridgeScene.with([], at: "ws://127.0.0.1:\(port)", isThere: false) { near in
      let line = near.awaitLine("lets nobody in")
      for word in words + ["tried again in"] { #expect(line.contains(word), "\(line)") }
      near.awaitLine("connected")
    }
  }

  @Test(arguments: [
    ("1008", "", "not permitted, or not there (1008)"), ("4409", "you again", "the same name (4409): you again"),
    ("1013", "", "no room for now"), ("3999", "odd", "it has left (3999): odd"),
  ])
  func saysWithWhichCodeItIsLeft(code: String, reason: String, words: String) async throws {
    let run = try DoorScene.python("websockets_server.py", ["close", code, reason, "say", ""])
    let port = run.line()?.split(separator: " ").last ?? ""
    try await BridgeScene.with([], at: "ws://127.0.0.1:\(port)", isThere: false) { near in
      #expect(near.awaitLine("refuses what it gets").contains(words))
    }
  }

  @Test(arguments: [
    (["ws://127.0.0.1:1/a", "--listen"], "one listens for a WebSocket by a door"),
    (["ws://127.0.0.1:1/a?token=x"], "others see a token"), (["ws://127.0.0.1:1/a#b"], "is no address"),
    (["tcp:127.0.0.1:1", "--token", "/nowhere"], "belongs to a WebSocket or a door"),
    (["ws://127.0.0.1:1/", "--ca", "x"], "write wss: in place of ws:"),
    (["ws://127.0.0.1:1/", "--token", "/nowhere"], "no such file"),
    (["ws://127.0.0.1:1/", "--origin", "https://a.b"], "--origin belongs to a door"),
  ])
  func isNotMadeOfWhatCannotBeMeant(words: [String], why: String) throws {
    try withScratchDirectory { folder in
      _ = try Channel(at: folder + "/channel", as: .backend)
      let (code, output) = try ProcessRun([try BridgeScene.program, "bridge", folder + "/channel"] + words).finish()
      #expect(code != 0 && output.contains(why), "\(code) \(output)")
    }
  }
}
