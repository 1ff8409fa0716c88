// The real daemon, run by tests.

import ChannelMessages
import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing
import Transom

/// A root with a daemon that serves it, and what the daemon says.
final class DaemonScene: Sendable {
  let folder: String
  var root: String { folder + "/root" }
  private let configuration: String
  private let running = Mutex<Int32?>(nil)
  private let lines = Mutex<[(text: String, at: UInt64)]>([])
  private let gate = Gate()

  /// Runs a test's body with a daemon whose handlers are these lines of TOML; `FOLDER` stands for the test's folder.
  static func with(_ handlers: String, _ body: (DaemonScene) async throws -> Void) async throws {
    let folder = try ScratchDirectory.make()
    let scene = DaemonScene(folder, handlers)
    do {
      try scene.start()
      try await body(scene)
    } catch {
      scene.kill()
      try await remove(folder)
      throw error
    }
    scene.kill()
    try await Self.remove(folder)
  }

  /// Programs of a daemon that was killed may be writing for a moment yet.
  static func remove(_ folder: String) async throws {
    try await eventually { (try? ScratchDirectory.remove(folder)) != nil }
  }

  init(_ folder: String, _ handlers: String, level: String = "debug") {
    self.folder = folder
    configuration = folder + "/transomd.toml"
    let text = """
      roots = ["root"]
      drain-limit = "3s"
      [log]
      form = "json"
      level = "\(level)"
      [state]
      directory = "state"
      [admin]
      socket = "admin.sock"
      \(handlers.split(separator: "FOLDER", omittingEmptySubsequences: false).joined(separator: folder))
      """
    RawFiles.write(text, to: configuration)
  }

  static var program: String {
    get throws {
      var parts = try ProcessRun.peer.split(separator: "/")
      parts.removeLast()
      return "/" + parts.joined(separator: "/") + "/transomd"
    }
  }

  var pid: Int32 { running.withLock { $0 ?? 0 } }

  /// Starts the daemon, and returns once it serves.
  func start() throws {
    lines.withLock { $0 = [] }
    let program = try Self.program
    NativeThread.detach { [self] in
      do {
        let run = try ProcessRun([program, "--config", configuration])
        running.withLock { $0 = run.pid }
        while let line = run.line() { add(line) }
        add("program: ended with \(run.finish().code)")
      } catch {
        add("program: ended with \(error)")
      }
    }
    #expect(moment(of: #""message":"ready""#) != nil, "the daemon did not begin: \(said.suffix(5))")
  }

  /// Ends it at once, and waits for that.
  func kill(_ signal: Int32 = SIGKILL) {
    guard let pid = running.withLock({ $0.take() }) else { return }
    _ = Glibc.kill(pid, signal)
    #expect(moment(of: "program: ended with") != nil, "the daemon did not end: \(said.suffix(5))")
  }

  private func add(_ line: String) {
    lines.withLock { $0.append((line, KernelClock.sinceBoot())) }
    gate.open(forAll: true)
  }

  var said: [String] { lines.withLock { $0.map(\.text) } }

  /// When a line came that has all these words; nil when none has within 20 s.
  @discardableResult
  func moment(of words: String...) -> UInt64? {
    let deadline = Moment.now.advanced(by: .seconds(20))
    while true {
      let value = gate.value
      let found = lines.withLock { $0.first { line in words.allSatisfy { line.text.contains($0) } } }
      if let found { return found.at }
      if Moment.now >= deadline { return nil }
      gate.wait(while: value, until: deadline.nanoseconds)
    }
  }

  func channel(_ name: String = "channel", as side: Side = .frontend) throws -> Channel {
    try Channel(at: "\(root)/\(name)", as: side)
  }
}

extension JSONText {
  init(integer: Int) {
    self.init(trusted: Array(String(integer).utf8))
  }
}
