import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

@Suite("A bridge over two FIFOs", .timeLimit(.minutes(2))) struct FifoAddressTests {
  /// A bridge that reads `in` and writes `out`, in a folder.
  private static func withBridge(
    _ words: [String] = [],
    _ body: (BridgeScene, String, Channel) async throws -> Void
  ) async throws {
    try await withScratchDirectory { folder in
      try await BridgeScene.with(words, at: "fifo:\(folder)/in,\(folder)/out", isThere: false) { scene in
        scene.awaitLine("connected")
        let channel = try scene.open()
        channel.respond(to: "double") { (number: Int) in number * 2 }
        try await body(scene, folder, channel)
      }
    }
  }

  /// Runs a line of a shell where the FIFOs are, in which $T is the program.
  private static func shell(_ folder: String, _ line: String) async throws -> (code: Int32, output: String) {
    let program = try BridgeScene.program
    return try await ThreadExecutor.run {
      try ProcessRun(["env", "-C", folder, "T=\(program)", "sh", "-c", line]).finish()
    }
  }

  private static let ask =
    #"exec 3> in 4< out; echo '{"id":"1","type":"request","method":"double","payload":21}' >&3; head -n 1 <&4"#

  @Test func answersWhoComesAndWhoComesAgain() async throws {
    try await Self.withBridge { scene, folder, _ in
      for _ in 0..<3 {
        let (code, output) = try await Self.shell(folder, Self.ask)
        let answer = try Message(Array(output.utf8))
        #expect(code == 0 && answer.replyTo == "1" && answer.payload == 42, "\(output)")
        scene.awaitLine("connected")
      }
      var facts = stat()
      for name in ["in", "out"] {
        #expect(unsafe stat("\(folder)/\(name)", &facts) == 0 && facts.st_mode & 0o777 == 0o600)
      }
    }
  }

  @Test func losesNothingOfManyWhoComeOneAfterTheOther() async throws {
    try await Self.withBridge { _, folder, channel in
      let messages = channel.messages
      let line = #"for n in $(seq 100); do echo "{\"type\":\"event\",\"method\":\"a\",\"payload\":$n}" > in; done"#
      let (code, output) = try await Self.shell(folder, line)
      #expect(code == 0, "\(output)")
      for number in 1...100 { #expect(try await messages.next()?.payload == JSONText(integer: number)) }
    }
  }

  @Test func keepsEventsUntilSomebodyReads() async throws {
    try await Self.withBridge(["--ack", "peer"]) { scene, folder, channel in
      try await eventually { try scene.hasReader("bridge-socket") }
      for number in 0..<3 { try await channel.send("tick", JSONText(integer: number)) }
      // He reads two, takes over none, and goes; then another takes over what comes again.
      let first = try await Self.shell(folder, "exec 3> in 4< out; head -n 2 <&4")
      #expect(first.output.split(separator: "\n").count == 2, "\(first)")
      scene.awaitLine("connected")
      let second = try await Self.shell(folder, "exec 3> in 4< out; head -n 3 <&4")
      let payloads = try second.output.split(separator: "\n").map { try Message(Array($0.utf8)).payload }
      #expect(payloads == [0, 1, 2], "\(second)")
    }
  }

  @Test func goesOnBehindWhatCannotBeRead() async throws {
    try await Self.withBridge { scene, folder, channel in
      let messages = channel.messages
      _ = try await Self.shell(folder, "echo nonsense > in")
      scene.awaitLine("is refused")
      scene.awaitLine("connected")
      _ = try await Self.shell(folder, #"echo '{"type":"event","method":"a"}' > in"#)
      #expect(try await messages.next()?.method == "a")
    }
  }

  @Test func commandsSpeakOverThemTheOtherWayRound() async throws {
    try await Self.withBridge { _, folder, channel in
      #expect(try await Self.shell(folder, #""$T" request fifo:out,in double 21"#) == (0, "42\n"))
      let messages = channel.messages
      let sent = try await Self.shell(folder, #""$T" send fifo:out,in -e tick 7 -q"#)
      #expect(sent.code == 0, "\(sent)")
      #expect(try await messages.next()?.payload == 7)
    }
  }

  @Test func saysThatSomethingElseIsThere() async throws {
    try await withScratchDirectory { folder in
      RawFiles.write("a file", to: folder + "/in")
      try await BridgeScene.with([], at: "fifo:\(folder)/in,\(folder)/out", isThere: false) { scene in
        #expect(scene.awaitLine("is no FIFO").contains("\(folder)/in is there"))
        #expect(scene.finish().code == 7)
        #expect(RawFiles.read(folder + "/in") == "a file")
      }
    }
  }
}
