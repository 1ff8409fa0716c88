import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

@Suite("A bridge over two message queues", .timeLimit(.minutes(2))) struct QueueAddressTests {
  /// A bridge that reads the first and writes the second, and both as the other end has them.
  private static func withBridge(
    _ words: [String] = [],
    _ body: (BridgeScene, _ input: MessageQueue, _ output: MessageQueue, _ url: String) async throws -> Void
  ) async throws {
    let name = "/transom-\(UInt64.random(in: .min ... .max))"
    defer { for end in ["-in", "-out"] { try? MessageQueue.remove(name + end) } }
    let (input, output) = (
      try MessageQueue(name + "-in", toWrite: true), try MessageQueue(name + "-out", toWrite: false)
    )
    try await BridgeScene.with(words, at: "mq:\(name)-in,\(name)-out", isThere: false) { scene in
      scene.awaitLine("connected")
      try await body(scene, input, output, "mq:\(name)-out,\(name)-in")
    }
  }

  private static func next(_ queue: MessageQueue) async throws -> Message {
    var buffer = [UInt8](repeating: 0, count: queue.limit)
    var count: Int?
    try await eventually {
      count = try queue.take(into: &buffer)
      return count != nil
    }
    return try Message(Array(buffer.prefix(count ?? 0)))
  }

  @Test func carriesAMessageInEachOfTheirs() async throws {
    try await Self.withBridge { scene, input, output, _ in
      let channel = try scene.open()
      channel.respond(to: "double") { (number: Int) in number * 2 }
      let messages = channel.messages
      #expect(try input.put(Array("{\n\"type\":\"event\",\"method\":\"a\"}".utf8)))
      #expect(try input.put(Array(#"{"id":"1","type":"request","method":"double","payload":21}"#.utf8)))
      #expect(try await messages.next()?.method == "a")
      let answer = try await Self.next(output)
      #expect(answer.replyTo == "1" && answer.payload == 42)
      // More than fit into the queue at once.
      try await eventually { try scene.hasReader("bridge-socket") }
      for number in 0..<100 { try await channel.send("tick", JSONText(integer: number)) }
      for number in 0..<100 { #expect(try await Self.next(output).payload == JSONText(integer: number)) }
    }
  }

  @Test func saysWhatIsTooLongAndGoesOn() async throws {
    try await Self.withBridge { scene, _, output, _ in
      let channel = try scene.open()
      try await eventually { try scene.hasReader("bridge-socket") }
      let long = JSONText("\(String(repeating: "x", count: output.limit))")
      try await channel.send("long", long)
      try await channel.send("short", 1)
      #expect(scene.awaitLine("does not go across").contains("a message of the queue has \(output.limit) at most"))
      #expect(try await Self.next(output).method == "short")
      let error = await #expect(throws: ChannelError.self) {
        try await channel.request("ask", long, timeout: .seconds(20)) as JSONText
      }
      #expect(error?.what.contains("does not carry it") == true)
    }
  }

  @Test func commandsSpeakOverThemTheOtherWayRound() async throws {
    try await Self.withBridge { scene, input, _, url in
      let channel = try scene.open()
      channel.respond(to: "double") { (number: Int) in number * 2 }
      let program = try BridgeScene.program
      let asked = try await ThreadExecutor.run { try ProcessRun([program, "request", url, "double", "21"]).finish() }
      #expect(asked == (0, "42\n"))
      let long = "\"\(String(repeating: "x", count: input.limit))\""
      let refused = try await ThreadExecutor.run { try ProcessRun([program, "send", url, "-e", "a", long]).finish() }
      #expect(refused.code != 0 && refused.output.contains("one of the queue has"), "\(refused)")
    }
  }
}
