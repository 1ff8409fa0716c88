import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// A channel with the real `transom bridge` in one of its sides.
final class BridgeScene {
  let folder: String
  let channelPath: String
  let socketPath: String
  /// Where it listens, as it says.
  private(set) var url = ""
  private let run: ProcessRun

  /// Words that begin with `@` are files of the scene's folder; `prepare` puts them there.
  static func with(
    _ words: [String] = ["--listen"],
    at url: String? = nil,
    isThere: Bool = true,
    prepare: (String) throws -> Void = { _ in },
    _ body: (BridgeScene) async throws -> Void
  ) async throws {
    let folder = try ScratchDirectory.make()
    try prepare(folder)
    let scene = try BridgeScene(folder, url, words)
    if isThere { scene.url = scene.awaitLine("listening at ").split(separator: " ").last.map(String.init) ?? "" }
    do {
      try await body(scene)
    } catch {
      scene.end()
      try ScratchDirectory.remove(folder)
      throw error
    }
    scene.end()
    try ScratchDirectory.remove(folder)
  }

  private init(_ folder: String, _ url: String?, _ words: [String]) throws {
    self.folder = folder
    channelPath = folder + "/channel"
    socketPath = folder + "/s"
    _ = try Channel(at: channelPath, as: .backend)
    let words = words.map { $0.hasPrefix("@") ? folder + "/" + $0.dropFirst() : $0 }
    run = try ProcessRun(try Self.command(channelPath, url ?? "unix:" + socketPath, words))
  }

  static func command(_ channel: String, _ url: String, _ words: [String]) throws -> [String] {
    [try program, "bridge", channel, url] + words
  }

  static var program: String {
    get throws { try ProcessRun.peer.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/transom" }
  }

  func open(as side: Side = .frontend) throws -> Channel { try Channel(at: channelPath, as: side) }

  func connect() throws -> Talker { Talker(try RawSocket(path: socketPath)) }

  /// Whether events are kept under a name.
  func hasReader(_ name: String) throws -> Bool { try Self.hasReader(name, in: channelPath) }

  static func hasReader(_ name: String, in channel: String) throws -> Bool {
    let (code, output) = try ProcessRun.run(try program, "reader", "list", channel, "--json")
    return code == 0 && output.contains("\"\(name)\"")
  }

  /// What it says next with these words in it, or others; the test fails when it ends before.
  @discardableResult
  func awaitLine(_ words: String, or others: String? = nil, at place: SourceLocation = #_sourceLocation) -> String {
    while let line = run.line() {
      if line.contains(words) || others.map(line.contains) == true { return line }
    }
    Issue.record("it ended, and never said \"\(words)\"", sourceLocation: place)
    return ""
  }

  var pid: Int32 { run.pid }

  /// Sends it a signal.
  func tell(_ signal: Int32) { kill(run.pid, signal) }

  /// Waits for its end, and says how that was.
  func finish() -> (code: Int32, output: String) { run.finish() }

  private func end() {
    kill(run.pid, SIGKILL)
    run.wait()
  }
}
