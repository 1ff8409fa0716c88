// Programs as people write them with ipckit, against ours and against each other.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing
internal import Transom

/// `fixtures/ipckit/backend.py` and `frontend.py`.
@Suite("Example programs of ipckit", .timeLimit(.minutes(1))) struct ExampleProgramTests {
  struct Sum: Decodable {
    let result: Double
  }

  struct Question: Codable {
    let operation: String
    let a: Double
    let b: Double
  }

  struct Files: Codable {
    let path: String
    let files: [String]
  }

  /// The control: what follows is the doing of our end, and not of the programs.
  @Test func understandEachOther() async throws {
    try await InteropScene.run { scene in
      let backend = try startBackend(scene)
      try runFrontend(scene)
      try endBackend(backend)
    }
  }

  @Test func theBackendServesAFrontendOfOurs() async throws {
    try await InteropScene.run { scene in
      let channel = try scene.ours(.frontend)
      let messages = channel.messages
      let backend = try startBackend(scene)
      let ready = try #require(try messages.next(within: .seconds(10)))
      #expect(ready.method == "backend_ready")

      let pong: JSONText = try channel.request("ping")
      #expect(pong.description.contains(#""pong""#))
      let text = "Grüße, 👩‍🚀"
      #expect(try channel.request("echo", ["text": "\(text)"]) as [String: String] == ["text": text])
      for (operation, expected) in [("add", 9.0), ("subtract", 5), ("multiply", 14), ("divide", 3.5)] {
        let sum: Sum = try channel.request("calculate", Question(operation: operation, a: 7, b: 2))
        #expect(sum.result == expected)
      }
      let division = #expect(throws: ChannelError.self) {
        try channel.request("calculate", Question(operation: "divide", a: 1, b: 0)) as JSONText
      }
      #expect(division?.code == .answeredWithError)
      #expect(division?.what.hasPrefix("ZeroDivisionError") == true)
      let information: JSONText = try channel.request("get_info", [:] as JSONText)
      #expect(information.description.contains(#""protocol""#))
      let files: Files = try channel.request("file_list", ["path": "\(scene.path)"])
      #expect(files.files.contains(".channel_info"))
      let unknown = #expect(throws: ChannelError.self) { try channel.request("fly") as JSONText }
      #expect(unknown?.what == "unknown method: fly")

      try endBackend(backend)
      #expect(try messages.next(within: .seconds(5))?.method == "backend_shutdown")
      #expect(scene.troubles == [])
    }
  }

  @Test func theFrontendIsServedByABackendOfOurs() async throws {
    try await InteropScene.run { scene in
      let channel = try scene.ours(.backend)
      let messages = channel.messages
      respond(channel)
      try channel.send("backend_ready", ["methods": ["ping", "echo", "calculate", "get_info", "file_list"]])
      try runFrontend(scene)
      #expect(try messages.next(within: .seconds(5))?.method == "frontend_goodbye")
      #expect(scene.troubles == [])
    }
  }

  /// The same as the Python backend does.
  private func respond(_ channel: Channel) {
    channel.respond(to: "ping") { (_: Message) in ["pong": true, "at": 1.5] }
    channel.respond(to: "echo") { (request: Message) in request.payload }
    channel.respond(to: "calculate") { (question: Question) in
      let (a, b) = (question.a, question.b)
      switch question.operation {
      case "add": return ["result": a + b]
      case "subtract": return ["result": a - b]
      case "multiply": return ["result": a * b]
      case "divide" where b != 0: return ["result": a / b]
      case "divide": throw ExchangeTests.Trouble(description: "division by zero")
      default: throw ExchangeTests.Trouble(description: "no operation \(question.operation)")
      }
    }
    channel.respond(to: "get_info") { (_: Message) in ["protocol": "1.0"] }
    channel.respond(to: "file_list") { (question: [String: String]) in
      let path = question["path"] ?? "."
      return Files(path: path, files: try FileManager.default.contentsOfDirectory(atPath: path).sorted())
    }
    channel.respond(to: "*") { (request: Message) throws -> JSONText in
      throw ExchangeTests.Trouble(description: "unknown method: \(request.method ?? "")")
    }
  }

  // MARK: The programs

  /// Started, and past its emptying of the channel, which would take a request with it.
  private func startBackend(_ scene: InteropScene) throws -> LineProcess {
    let backend = try IpckitPeer.start("backend.py", [scene.path, "40"])
    #expect(String(decoding: try backend.line(within: .seconds(10)), as: UTF8.self) == "ready")
    return backend
  }

  private func endBackend(_ backend: LineProcess) throws {
    backend.signal(SIGTERM)
    #expect(backend.end() == 0)
  }

  private func runFrontend(_ scene: InteropScene) throws {
    let frontend = try IpckitPeer.start("frontend.py", [scene.path])
    var lines: [String] = []
    let status: Int32
    do {
      while true { lines.append(String(decoding: try frontend.line(within: .seconds(30)), as: UTF8.self)) }
    } catch LineProcess.Silence.ended(let itsStatus) {
      status = itsStatus
    }
    #expect(status == 0)
    #expect(lines.filter { $0.hasPrefix("answered") }.count == 11)
    #expect(lines.filter { $0.hasPrefix("WRONG") } == [])
    #expect(lines.contains("event backend_ready"))
  }
}
