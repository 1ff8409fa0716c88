import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// A bridge to a program, and one that is a program's other end.
@Suite("A bridge to a program", .timeLimit(.minutes(2))) struct ProgramAddressTests {
  private static func bridge(_ folder: String, _ words: String = "") throws -> String {
    "exec:'\(try BridgeScene.program)' bridge \(folder) stdio: \(words)"
  }

  /// Runs a line of a shell, in which $T is the program and $C the channel.
  private static func shell(_ channel: String, _ line: String) async throws -> (code: Int32, output: String) {
    let program = try BridgeScene.program
    return try await ThreadExecutor.run {
      try ProcessRun(["env", "T=\(program)", "C=\(channel)", "sh", "-c", line]).finish()
    }
  }

  private static func withChannel(_ body: (String, Channel) async throws -> Void) async throws {
    try await withScratchDirectory { folder in
      let path = folder + "/far"
      _ = try Channel(at: path, as: .backend)
      let channel = try Channel(at: path, as: .frontend)
      channel.respond(to: "double") { (number: Int) in number * 2 }
      try await body(path, channel)
    }
  }

  // MARK: A program as the other end

  @Test func makesTwoChannelsOne() async throws {
    try await Self.withChannel { path, there in
      try await BridgeScene.with(["--ack", "peer"], at: Self.bridge(path, "--ack peer"), isThere: false) { near in
        let here = try near.open()
        let (heardHere, heardThere) = (here.messages, there.messages)
        #expect(try await here.request("double", 21, timeout: .seconds(20)) == 42)
        try await eventually { try near.hasReader("bridge-socket") && BridgeScene.hasReader("bridge-socket", in: path) }
        for number in 0..<500 {
          try await here.send("out", JSONText(integer: number))
          try await there.send("in", JSONText(integer: number))
        }
        for number in 0..<500 {
          #expect(try await heardThere.next()?.payload == JSONText(integer: number))
          #expect(try await heardHere.next()?.payload == JSONText(integer: number))
        }
      }
    }
  }

  @Test func passesOnWhatIsSaidBesideAndStartsItAgain() async throws {
    let line = #"exec:sh -c 'echo as$()ide >&2; echo "{\"type\":\"event\",\"method\":\"a\"}"; exit 3'"#
    try await BridgeScene.with([], at: line, isThere: false) { near in
      let messages = try near.open().messages
      near.awaitLine("aside")
      for _ in 0..<2 { #expect(near.awaitLine("is lost").contains("sh has ended with status 3")) }
      #expect(try await messages.next()?.method == "a")
    }
  }

  @Test func refusesAtOnceWhatIsNoProgram() throws {
    let (code, output) = try ProcessRun([try BridgeScene.program, "bridge", "/nowhere", "exec:nosuchprog a"]).finish()
    #expect(code == 2 && output.contains("there is no program \"nosuchprog\""), "\(code) \(output)")
  }

  @Test func leavesNoProgramBehind() async throws {
    try await withScratchDirectory { folder in
      let line = "exec:sh -c 'echo $$ > \(folder)/number; exec tail -f /dev/null'"
      try await BridgeScene.with([], at: line, isThere: false) { near in
        near.awaitLine("connected")
        try await eventually { RawFiles.read(folder + "/number")?.hasSuffix("\n") == true }
        let number = try #require(Int32(RawFiles.read(folder + "/number")?.dropLast() ?? ""))
        #expect(kill(number, 0) == 0)
        near.tell(SIGTERM)
        #expect(near.finish().code == 128 + SIGTERM)
        try await eventually { kill(number, 0) != 0 && errno == ESRCH }
      }
    }
  }

  /// What a program was given is its own, also when the bridge ends.
  @Test func letsTheProgramTakeWhatItWasGiven() async throws {
    try await withScratchDirectory { folder in
      try await BridgeScene.with([], at: "exec:sh -c 'cat > \(folder)/heard'", isThere: false) { near in
        near.awaitLine("connected")
        try await eventually { try near.hasReader("bridge-socket") }
        let channel = try near.open()
        for number in 0..<200 { try await channel.send("tick", JSONText(integer: number)) }
        try await eventually { RawFiles.read(folder + "/heard")?.contains("\"payload\":0") == true }
        near.tell(SIGTERM)
        #expect(near.finish().code == 128 + SIGTERM)
        let heard = RawFiles.read(folder + "/heard") ?? ""
        #expect(heard.hasSuffix("}\n"), "a line was cut")
        let payloads = try heard.split(separator: "\n").map { try Message(Array($0.utf8)).payload }
        #expect(payloads == payloads.indices.map { JSONText(integer: $0) })
        // Whoever comes next is given what it was not, and nothing else.
        try await channel.send("last", JSONText(integer: 200))
        let rest = try near.open(as: .backend).messages(reader: "bridge-socket")
        let next = try await rest.next()?.message.payload
        #expect(next == JSONText(integer: payloads.count), "\(payloads.count) were heard")
      }
    }
  }

  // MARK: Standard input and output

  @Test func answersOnItsStandardOutputAndEndsWithItsInput() async throws {
    try await Self.withChannel { path, channel in
      let messages = channel.messages
      let asked = try await Self.shell(
        path,
        #"printf '%s\n' '{"id":"1","type":"request","method":"double","payload":21}' "#
          + #"'{"id":"2","type":"event","method":"tick"}' | "$T" bridge "$C" stdio: 2> /dev/null"#
      )
      let lines = asked.output.split(separator: "\n")
      #expect(asked.code == 0 && lines.count == 1, "\(asked)")
      let answer = try Message(Array(asked.output.utf8))
      #expect(answer.replyTo == "1" && answer.payload == 42)
      #expect(try await messages.next()?.method == "tick")
    }
  }

  @Test func endsWithAnErrorWhenNobodyReads() async throws {
    try await Self.withChannel { path, channel in
      let line = #"exec 3>&1; (tail -f /dev/null | "$T" bridge "$C" stdio: 2>&3; echo code $? >&3) | true"#
      let told = Task { try await Self.shell(path, line) }
      try await eventually { try BridgeScene.hasReader("bridge-socket", in: path) }
      try await channel.send("tick", 1)
      let output = try await told.value.output
      #expect(output.contains("Broken pipe") && !output.contains("code 0"), "\(output)")
    }
  }

  @Test func endsWithAnErrorWhenNothingCanBeWritten() async throws {
    try await Self.withChannel { path, channel in
      let told = Task { try await Self.shell(path, #"tail -f /dev/null | "$T" bridge "$C" stdio: 2>&1 > /dev/full"#) }
      try await eventually { try BridgeScene.hasReader("bridge-socket", in: path) }
      try await channel.send("tick", 1)
      let (code, output) = try await told.value
      #expect(code == 7 && output.contains("No space left on device"), "\(code) \(output)")
    }
  }

  @Test(arguments: [#"{"type":"event","method":"tick"#, "garbage\n"])
  func endsWithAnErrorWhenItsInputIsNone(_ input: String) async throws {
    try await Self.withChannel { path, _ in
      let told = try await Self.shell(path, #"printf '%s' '\#(input)' | "$T" bridge "$C" stdio: 2>&1 > /dev/null"#)
      #expect(told.code == 7 && told.output.contains("is refused: line 1"), "\(told)")
    }
  }

  // MARK: Commands

  @Test func commandsSpeakWithAProgram() async throws {
    try await Self.withChannel { path, channel in
      let messages = channel.messages
      let asked = try await Self.shell(path, #""$T" request "exec:'$T' bridge $C stdio: -q" double 21"#)
      #expect(asked == (0, "42\n"))
      let sent = try await Self.shell(path, #""$T" send "exec:'$T' bridge $C stdio: --ack peer -q" -e tick 7 -q"#)
      #expect(sent == (0, ""))
      #expect(try await messages.next()?.payload == 7)
      let heard = try await Self.shell(
        path,
        #""$T" listen -q "exec:sh -c 'echo \"{\\\"type\\\":\\\"event\\\",\\\"method\\\":\\\"a\\\"}\"; exit 5'""#
      )
      #expect(heard.code == 4 && heard.output.contains("\"method\":\"a\""), "\(heard)")
      #expect(heard.output.contains("sh has ended with status 5"), "\(heard)")
      let none = try await Self.shell(path, #""$T" request exec:/nowhere double"#)
      #expect(none.code == 2 && none.output.contains("there is no program"), "\(none)")
      let stdio = try await Self.shell(path, #""$T" request stdio: double"#)
      #expect(stdio.code == 2 && stdio.output.contains("is for a bridge"), "\(stdio)")
    }
  }

  @Test(arguments: [
    (["exec:"], "a program is missing"), (["exec:a 'b"], "a quote is open"), (["stdio:x"], "nothing stands behind"),
    (["fifo:a"], "two different paths"), (["fifo:a,a"], "two different paths"),
    (["exec:cat", "--listen"], "nobody else can come"),
    (["stdio:", "--token", "x"], "belongs to a WebSocket or a door"),
    (["exec:cat", "--ca", "x"], "belong to an address with tls:"),
  ])
  func isNotMadeOfWhatCannotBeMeant(words: [String], why: String) throws {
    try withScratchDirectory { folder in
      _ = try Channel(at: folder + "/channel", as: .backend)
      let (code, output) = try ProcessRun([try BridgeScene.program, "bridge", folder + "/channel"] + words).finish()
      #expect(code == 2 && output.contains(why), "\(code) \(output)")
    }
  }
}
