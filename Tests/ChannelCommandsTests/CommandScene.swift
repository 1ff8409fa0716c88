// The real program, run by tests.

import Glibc
import TestSupport

/// A folder with a channel in it, and the program at hand.
struct CommandScene {
  struct Outcome {
    let code: Int32
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  let folder: String
  var channel: String { folder + "/channel" }
  private var errorPath: String { folder + "/errors" }

  /// Runs a test's body with a new channel.
  static func with(_ body: (CommandScene) throws -> Void) throws {
    try withScratchDirectory { folder in
      let scene = CommandScene(folder: folder)
      let made = try scene.run("init", scene.channel)
      precondition(made.code == 0 && made.output == scene.channel + "\n", "no channel was made: \(made)")
      try body(scene)
    }
  }

  /// Where the program is: beside the tests.
  static var program: String {
    get throws {
      var parts = try ProcessRun.peer.split(separator: "/")
      parts.removeLast()
      return "/" + parts.joined(separator: "/") + "/transom"
    }
  }

  /// Runs the program to its end.
  func run(_ words: String..., input: String = "") throws -> Outcome { try run(words, input: input) }

  func run(_ words: [String], input: String = "") throws -> Outcome {
    let name = "\(folder)/\(UInt64.random(in: .min ... .max))"
    RawFiles.write(input, to: name + ".in")
    let script = "exec \"$0\" \"$@\" <'\(name).in' 2>'\(name).err'"
    let (code, output) = try ProcessRun(["sh", "-c", script, try Self.program] + words).finish()
    return Outcome(code: code, output: output, errors: RawFiles.read(name + ".err") ?? "")
  }

  /// Starts the program and does not wait for its end; its output and what it says come as one. `prefix` is shell that
  /// runs before it.
  func start(_ first: String..., words: [String] = [], prefix: String = "") throws -> ProcessRun {
    try ProcessRun(["sh", "-c", "\(prefix) exec \"$0\" \"$@\" </dev/null", try Self.program] + first + words)
  }

  /// Runs a line of shell to its end, with the program as `transom`.
  func shell(_ line: String, with shell: String = "sh") throws -> (code: Int32, output: String) {
    let script = "transom() { '\(try Self.program)' \"$@\"; }\nchannel='\(channel)'\ncd '\(folder)'\n\(line)"
    return try ProcessRun.run(shell, "-c", script)
  }
}
