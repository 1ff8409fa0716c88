// The examples of README.md and of the documentation, run as they stand there: `tools/check` compares them line by line.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import TestSupport
internal import Testing
@testable internal import Transom

@Suite("Examples", .timeLimit(.minutes(1))) struct ExampleTests {
  @Test func askAndAnswer() async throws {
    try await withScratchDirectory { path in
      let backend = try answeringEnd(path)
      let channel = try Channel(at: path, as: .frontend)
      let sum: Int = try await channel.request("sum", Pair(a: 2, b: 3), timeout: .seconds(5))
      #expect(sum == 5)
      await channel.close()
      await backend.close()
    }
  }

  private func answeringEnd(_ path: String) throws -> Channel {
    let channel = try Channel(at: path, as: .backend)
    channel.respond(to: "sum") { (pair: Pair) in pair.a + pair.b }
    return channel
  }

  @Test func besideOtherPrograms() async throws {
    try await withScratchDirectory { path in
      let other = PeerScene(path: path, side: .frontend)
      let backend = try echoingEnd(path)
      let channel = try laterEnd(path)
      try other.send(
        #"{"id":"q","timestamp":\#(WallTime(FileTime.now()).milliseconds),"type":"request","method":"ping","payload":7}"#
      )
      try await eventually { try other.received().first?.payload == 7 }
      try await channel.clear()
      #expect(try other.received().isEmpty && other.shown().isEmpty)
      await backend.close()
      await channel.close()
    }
  }

  private func echoingEnd(_ path: String) throws -> Channel {
    let channel = try Channel(at: path, as: .backend)
    channel.respond(to: "ping") { (request: Message) in request.payload }
    return channel
  }

  @Test func onlyLookingOn() async throws {
    try await withScratchDirectory { path in
      let other = PeerScene(path: path, side: .frontend)
      other.publish([])
      let monitoring = Task { try await monitor(path) }
      other.publish([PeerScene.event("1")])
      monitoring.cancel()
      await #expect(throws: CancellationError.self) { try await monitoring.value }
      let names = try Directory.open(path).names()
      #expect(names == ["frontend_to_backend.json"])
    }
  }

  private func monitor(_ path: String) async throws {
    let channel = try Channel(at: path, as: .backend, options: ChannelOptions(access: .monitor))
    for try await message in channel.messages {
      print(message.method ?? "", message.payload)
    }
  }

  private func laterEnd(_ path: String) throws -> Channel {
    let channel = try Channel(at: path, as: .backend, options: ChannelOptions(visibility: .within(.milliseconds(50))))
    return channel
  }

  @Test func tellAndListen() async throws {
    try await withScratchDirectory { path in
      let listener = try Channel(at: path, as: .backend)
      let heard = listener.messages
      let listening = Task { try await listen(to: listener) }
      let channel = try Channel(at: path, as: .frontend)
      try await channel.send("progress", ["percent": 40])
      let message = try #require(try await heard.next())
      #expect(message.payload.description == #"{"percent":40}"#)
      try await channel.send("saved", ["file": "a.txt", "lines": 40, "tags": ["draft", 2, .null]])
      let saved = try #require(try await heard.next())
      #expect(saved.payload.description == #"{"file":"a.txt","lines":40,"tags":["draft",2,null]}"#)
      await listener.close()
      try await listening.value
      await channel.close()
    }
  }

  private func listen(to channel: Channel) async throws {
    for try await message in channel.messages {
      print(message.method ?? "", message.payload)
    }
  }

  @Test func goOnAfterARestart() async throws {
    try await withScratchDirectory { path in
      let backend = try Channel(at: path, as: .backend)
      for name in ["job", "next job", "end"] { try await backend.send(name) }
      for loop in [readerLoop, groupLoop] {
        let channel = try Channel(at: path, as: .frontend)
        // The last one is not acknowledged any more.
        let error = await #expect(throws: ChannelError.self) { try await loop(channel) }
        #expect(error?.code == .closed)
      }
      let channel = try Channel(at: path, as: .frontend)
      for deliveries in [try channel.messages(reader: "worker"), try channel.messages(group: "workers")] {
        let left = try #require(try await deliveries.next())
        #expect(left.message.method == "end" && left.isRedelivered)
        try await left.acknowledge()
      }
      await channel.close()
      await backend.close()
    }
  }

  @Sendable private func readerLoop(_ channel: Channel) async throws {
    func work(on message: Message) async throws { if message.method == "end" { await channel.close() } }
    for try await delivery in try channel.messages(reader: "worker") {
      try await work(on: delivery.message)
      try await delivery.acknowledge()
    }
  }

  @Sendable private func groupLoop(_ channel: Channel) async throws {
    func work(on message: Message) async throws { if message.method == "end" { await channel.close() } }
    for try await delivery in try channel.messages(group: "workers") {
      try await work(on: delivery.message)
      try await delivery.acknowledge()
    }
  }

  @Test func withoutAsync() async throws {
    try await withScratchDirectory { path in
      let backend = try Channel(at: path, as: .backend)
      backend.respond(to: "getUser") { (key: [String: Int]) in ["name": "user \(key["id"] ?? 0)"] }
      try await onThread {
        let channel = try Channel(at: path, as: .frontend)
        let user = try channel.request("getUser", ["id": 7])
        let messages = channel.messages
        while let message = try messages.next(within: .seconds(1)) {
          print(message.payload)
        }
        channel.close()
        #expect(user.description == #"{"name":"user 7"}"#)
      }
      await backend.close()
    }
  }

  @Test func theFirstOne() async throws {
    let backend = try Channel(at: "/tmp/ui-channel", as: .backend)
    backend.respond(to: "getUser") { (_: [String: Int]) in "somebody" }
    try await Self.main()
    await backend.close()
    try ScratchDirectory.remove("/tmp/ui-channel")
  }

  static func main() async throws {
    let channel = try Channel(at: "/tmp/ui-channel", as: .frontend)
    let answer = try await channel.request("getUser", ["id": 7], timeout: .seconds(5))
    print(answer)
  }
}
