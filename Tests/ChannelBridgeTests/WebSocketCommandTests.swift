import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// `send`, `request`, `listen` and `respond` with a WebSocket in the directory's place.
@Suite("Commands at a WebSocket", .timeLimit(.minutes(2))) struct WebSocketCommandTests {
  private static func run(_ words: String...) async throws -> (code: Int32, output: String) {
    try await ThreadExecutor.run { try ProcessRun([try BridgeScene.program] + words).finish() }
  }

  private static func withDoor(_ body: (DoorScene, String) async throws -> Void) async throws {
    try await DoorScene.with { try await body($0, WebSocketAddressTests.url($0.bridge)) }
  }

  @Test func askAndTellThroughADoor() async throws {
    try await Self.withDoor { scene, url in
      let (channel, responders) = try scene.answerer()
      let messages = channel.messages
      #expect(try await Self.run("request", url, "double", "21") == (0, "42\n"))
      let sent = try await Self.run("send", url, "--event", "tick", "--count", "500", "-q")
      // All of them are acknowledged by the time it ends, or it would say so.
      #expect(sent.code == 0 && sent.output.isEmpty, "\(sent.output)")
      for _ in 0..<500 { #expect(try await messages.next()?.method == "tick") }
      let one = try await Self.run("send", url, "--event", "tock", "1")
      #expect(one.code == 0 && !one.output.contains("has not said"), "\(one.output)")
      withExtendedLifetime(responders) {}
    }
  }

  @Test func hearWhatIsKeptByAReadersName() async throws {
    try await Self.withDoor { scene, url in
      let channel = try scene.bridge.open()
      let first = try ProcessRun([try BridgeScene.program, "listen", url + "?reader=page", "-n", "1"])
      #expect(first.line()?.contains("listening to ws://") == true)
      scene.bridge.awaitLine("connected")
      for number in 0..<3 { try await channel.send("tick", JSONText(integer: number)) }
      #expect(first.finish().output.contains("\"payload\":0"))
      let rest = try await Self.run("listen", url + "?reader=page", "-n", "2", "-q")
      let payloads = try rest.output.split(separator: "\n").map { try Message(Array($0.utf8)).payload }
      #expect(rest.code == 0 && payloads == [1, 2], "\(rest.output)")
    }
  }

  @Test func answerWhatAChannelAsks() async throws {
    try await Self.withDoor { scene, url in
      let channel = try scene.bridge.open()
      let responding = try ProcessRun(
        [try BridgeScene.program, "respond", url, "-m", "shout", "--", "tr", "a-z", "A-Z"]
      )
      #expect(responding.line()?.contains("answering requests for shout of ws://") == true)
      scene.bridge.awaitLine("connected")
      #expect(try await channel.request("shout", "hello", timeout: .seconds(20)) == "HELLO")
      kill(responding.pid, SIGTERM)
      #expect(responding.finish().code == 128 + SIGTERM)
    }
  }

  @Test func sayWhatIsWrongAndWhatToDo() async throws {
    try await Self.withDoor { scene, url in
      let wrong = try await Self.run(
        "request",
        url.replacing("channels/channel", with: "channels/other"),
        "double",
        "1"
      )
      #expect(wrong.code == 7 && wrong.output.contains("no channel of this name"), "\(wrong)")
      let page = try await Self.run("request", scene.base.replacing("http:", with: "ws:"), "double", "1")
      #expect(page.code == 7 && page.output.contains("is a WebSocket spoken there?"), "\(page)")
    }
    let server = try DoorScene.python("websockets_server.py", ["refuse", "403", "go away"])
    let port = server.line()?.split(separator: " ").last ?? ""
    let refused = try await Self.run("send", "ws://127.0.0.1:\(port)/", "-e", "a")
    #expect(refused.code == 7 && refused.output.contains("403: go away") && refused.output.contains("must not"))
    let nobody = try await Self.run("send", "ws://127.0.0.1:1/", "-e", "a")
    #expect(nobody.code == 4 && nobody.output.contains("nobody listens there"), "\(nobody)")
    #expect(nobody.output.contains("transom bridge DIR http://127.0.0.1:1 --listen"), "\(nobody)")
    let directory = try await Self.run("request", "./nowhere", "a", "--token", "x")
    #expect(directory.code == 2 && directory.output.contains("belongs to a URL with ws: or wss:"), "\(directory)")
  }

  @Test func isNotTakenForASocketThatSpeaksLines() async throws {
    try await BridgeScene.with(["--listen"], at: "tcp:127.0.0.1:0") { scene in
      let url = "ws://" + scene.url.dropFirst(4)
      let asked = try await Self.run("request", url, "double", "1")
      #expect(asked.code == 7 && asked.output.contains("is a WebSocket spoken there?"), "\(asked)")
    }
  }
}
