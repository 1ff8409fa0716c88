// The real daemon, run by tests.

internal import Glibc
internal import LinuxIO
internal import Synchronization

/// A root with a daemon that serves it, and what the daemon says.
package final class DaemonScene: Sendable {
  /// The daemon did not do in time what it was to do.
  package struct Silence: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
      self.description = description
    }
  }

  package let folder: String
  package var root: String { folder + "/root" }
  package var configuration: String { folder + "/transomd.toml" }
  private let level: String
  /// Words before the daemon's own, such as a program that confines it.
  private let prefix: [String]
  private let running = Mutex<Int32?>(nil)
  private let lines = Mutex<[(text: String, at: UInt64)]>([])
  private let gate = Gate()

  /// Runs a test's body with a daemon whose handlers are these lines of TOML; `FOLDER` stands for the test's folder.
  package static func with(
    _ handlers: String,
    level: String = "debug",
    _ body: (DaemonScene) async throws -> Void
  ) async throws {
    try await DaemonScene(try ScratchDirectory.make(), handlers, level: level).run(body)
  }

  /// Runs a test's body with this daemon, and takes everything away afterwards.
  package func run(_ body: (DaemonScene) async throws -> Void) async throws {
    do {
      try start()
      try await body(self)
    } catch {
      try? kill()
      try await Self.remove(folder)
      throw error
    }
    try kill()
    try await Self.remove(folder)
  }

  /// Programs of a daemon that was killed may be writing for a moment yet.
  package static func remove(_ folder: String) async throws {
    try await eventually { (try? ScratchDirectory.remove(folder)) != nil }
  }

  package init(_ folder: String, _ handlers: String, level: String = "debug", prefix: [String] = []) {
    self.folder = folder
    self.level = level
    self.prefix = prefix
    configure(handlers)
  }

  /// Writes another configuration, in one go; `extra` are roots beside the first.
  package func configure(_ handlers: String, extraRoots: [String] = []) {
    let roots = (["root"] + extraRoots).map { "\"\($0)\"" }.joined(separator: ", ")
    write(
      """
      roots = [\(roots)]
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
    )
  }

  /// Writes the configuration file, in one go.
  package func write(_ text: String) {
    RawFiles.write(text, to: configuration + ".new")
    _ = RawFiles.rename(configuration + ".new", to: configuration)
  }

  package static var program: String {
    get throws {
      var parts = try ProcessRun.peer.split(separator: "/")
      parts.removeLast()
      return "/" + parts.joined(separator: "/") + "/transomd"
    }
  }

  package var pid: Int32 { running.withLock { $0 ?? 0 } }

  /// Starts the daemon, and returns once it serves.
  package func start() throws {
    lines.withLock { $0 = [] }
    let program = try Self.program
    NativeThread.detach { [self] in
      do {
        let run = try ProcessRun(prefix + [program, "--config", configuration])
        running.withLock { $0 = run.pid }
        while let line = run.line() { add(line) }
        add("program: ended with \(run.finish().code)")
      } catch {
        add("program: ended with \(error)")
      }
    }
    guard moment(of: #""message":"ready""#) != nil else {
      throw Silence(description: "it did not begin: \(said.suffix(5))")
    }
  }

  /// Ends it at once, and waits for that.
  package func kill(_ signal: Int32 = SIGKILL) throws {
    guard let pid = running.withLock({ $0.take() }) else { return }
    _ = Glibc.kill(pid, signal)
    guard moment(of: "program: ended with") != nil else {
      throw Silence(description: "it did not end: \(said.suffix(5))")
    }
  }

  /// Sends it a signal that it lives through.
  package func signal(_ signal: Int32) {
    _ = Glibc.kill(pid, signal)
  }

  private func add(_ line: String) {
    lines.withLock { $0.append((line, KernelClock.sinceBoot())) }
    gate.open(forAll: true)
  }

  package var said: [String] { lines.withLock { $0.map(\.text) } }

  /// When a line came that has all these words; nil when none has within 20 s.
  @discardableResult
  package func moment(of words: String...) -> UInt64? {
    wait { lines in lines.first { line in words.allSatisfy { line.text.contains($0) } }?.at }
  }

  /// Waits until so many lines have all these words; whether they came within 20 s.
  package func hasSaid(_ words: String..., times count: Int) -> Bool {
    wait { lines in lines.count { line in words.allSatisfy { line.text.contains($0) } } >= count ? () : nil } != nil
  }

  private func wait<Found>(until find: ([(text: String, at: UInt64)]) -> Found?) -> Found? {
    let deadline = KernelClock.sinceBoot() + 20_000_000_000
    while true {
      let value = gate.value
      if let found = find(lines.withLock { $0 }) { return found }
      if KernelClock.sinceBoot() >= deadline { return nil }
      gate.wait(while: value, until: deadline)
    }
  }
}
