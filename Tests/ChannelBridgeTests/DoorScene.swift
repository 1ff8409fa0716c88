import ChannelMessages
import LinuxIO
import TestSupport
import Testing
import Transom

/// A channel with the real `transom bridge` in one of its sides, as a door to HTTP.
struct DoorScene {
  let bridge: BridgeScene
  var base: String { bridge.url }
  var port: UInt16 { get throws { try #require(base.split(separator: ":").last.flatMap { UInt16($0) }) } }

  static func with(_ words: [String] = [], _ body: (DoorScene) async throws -> Void) async throws {
    try await BridgeScene.with(["--listen"] + words, at: "http://127.0.0.1:0") { try await body(DoorScene(bridge: $0)) }
  }

  /// The channel's other side, which answers `double`, `fail` and `echo`.
  func answerer() throws -> (Channel, [Responder]) {
    let channel = try bridge.open()
    let responders = [
      channel.respond(to: "double") { (number: Int) in 2 * number },
      channel.respond(to: "fail") { (_: Message) -> JSONText in throw RequestReply.Failure("no, never") },
      channel.respond(to: "echo") { (request: Message) in request.payload },
    ]
    return (channel, responders)
  }

  /// What curl says, with the status behind it on a line of its own.
  func curl(_ path: String, _ words: String...) async throws -> (status: Int, text: String) {
    let arguments = ["curl", "-sS", "--max-time", "20", "-w", "\n%{http_code}", base + path] + words
    let (code, output) = try await ThreadExecutor.run { try ProcessRun(arguments).finish() }
    #expect(code == 0 || code == 28, "\(output)")
    guard let cut = output.lastIndex(of: "\n") else { return (0, output) }
    return (Int(output[output.index(after: cut)...]) ?? 0, String(output[..<cut]))
  }

  func post(_ path: String, _ body: String, _ words: [String] = []) async throws -> (status: Int, text: String) {
    let arguments =
      ["curl", "-sS", "--max-time", "20", "-w", "\n%{http_code}", "-H", "Content-Type: application/json", "-d", body]
      + words + [base + path]
    let (_, output) = try await ThreadExecutor.run { try ProcessRun(arguments).finish() }
    guard let cut = output.lastIndex(of: "\n") else { return (0, output) }
    return (Int(output[output.index(after: cut)...]) ?? 0, String(output[..<cut]))
  }

  /// A program of the fixtures, with what tools/setup has put beside.
  static func python(_ program: String, _ words: [String]) throws -> ProcessRun {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return try ProcessRun(
      ["env", "PYTHONPATH=\(root)/.build/peers", "/usr/bin/python3", "\(root)/fixtures/doors/\(program)"] + words
    )
  }
}
