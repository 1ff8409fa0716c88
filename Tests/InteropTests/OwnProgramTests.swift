// The programs of a few lines that the documentation shows.

internal import Glibc
internal import TestSupport
internal import Testing
internal import Transom

/// `fixtures/arrays` and `fixtures/ipckit/shout.py`.
@Suite("Programs in the documentation", .timeLimit(.minutes(1))) struct OwnProgramTests {
  private static func python(_ program: String, _ arguments: [String] = []) throws -> LineProcess {
    try LineProcess(["/usr/bin/python3", Fixture.path(program)] + arguments)
  }

  @Test func aWriterOfAFewLinesIsHeard() async throws {
    try await InteropScene.run { scene in
      let channel = try scene.ours(.backend)
      let messages = channel.messages
      let writer = try Self.python("arrays/writer.py", [scene.path, "frontend_to_backend"])
      let lines = (0..<50).map { "line \($0) ü" }
      for line in lines { writer.write(Array(line.utf8)) }
      for line in lines {
        #expect(try messages.next(within: .seconds(10))?.payload == JSONText(stringLiteral: line))
      }
      #expect(writer.end() == 0)
      #expect(scene.troubles == [])
    }
  }

  @Test func aReaderOfAFewLinesHearsEachMessageOnce() async throws {
    try await InteropScene.run { scene in
      let channel = try scene.ours(.backend)
      try channel.send("first", "before it came" as JSONText)
      let reader = try Self.python("arrays/reader.py", [scene.path, "backend_to_frontend"])
      #expect(try reader.line(within: .seconds(10)) == Array("\"before it came\"".utf8))
      for number in 0..<200 { try channel.send("count", JSONText(integerLiteral: Int64(number))) }
      for number in 0..<200 { #expect(try reader.line(within: .seconds(10)) == Array("\(number)".utf8)) }
      #expect(!reader.hasLine)
    }
  }

  @Test func theProgramInTheReadmeIsAnswered() async throws {
    try await InteropScene.run { scene in
      let channel = try scene.ours(.backend)
      channel.respond(to: "shout") { (text: String) in text.uppercased() }
      let program = try LineProcess(
        ["/usr/bin/env", "-C", scene.folder, "/usr/bin/python3", Fixture.path("ipckit/shout.py")],
        variables: ["PYTHONPATH=\(Fixture.built("peers"))"]
      )
      #expect(try program.line(within: .seconds(20)) == Array("HELLO".utf8))
      #expect(program.end() == 0)
    }
  }
}
