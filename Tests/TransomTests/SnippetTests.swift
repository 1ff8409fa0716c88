// The examples of README.md and of the documentation, run as they stand there: `tools/check` compares them.

internal import ChannelMessages
internal import TestSupport
internal import Testing
internal import Transom

@Suite("Examples", .timeLimit(.minutes(1))) struct SnippetTests {
  struct Pair: Codable, Sendable {
    let a: Int
    let b: Int
  }

  @Test func askAndAnswer() async throws {
    try await withScratchDirectory { path in
      let backend = try {
        let channel = try Channel(at: path, as: .backend)
        channel.respond(to: "sum") { (pair: Pair) in pair.a + pair.b }
        return channel
      }()
      let channel = try Channel(at: path, as: .frontend)
      let sum: Int = try await channel.request("sum", Pair(a: 2, b: 3), timeout: .seconds(5))
      #expect(sum == 5)
      await channel.close()
      await backend.close()
    }
  }

  @Test func tellAndListen() async throws {
    try await withScratchDirectory { path in
      let listener = try Channel(at: path, as: .backend)
      let isHeard = Gate()
      let isListening = Gate()
      let listening = Task {
        let channel = listener
        isListening.open()
        for try await message in channel.messages(from: .start) {
          #expect(message.payload.description == #"{"percent":40}"#)
          isHeard.open()
        }
      }
      await isListening.passed()
      let channel = try Channel(at: path, as: .frontend)
      try await channel.send("progress", ["percent": 40])
      await isHeard.passed()
      await listener.close()
      try await listening.value
      await channel.close()
    }
  }

  @Test func goOnAfterARestart() async throws {
    for isGroup in [false, true] {
      try await withScratchDirectory { path in
        let backend = try Channel(at: path, as: .backend)
        try await backend.send("job", 1)
        try await backend.send("job", 2)
        let channel = try Channel(at: path, as: .frontend)
        @Sendable func work(on message: Message) async throws {
          if message.payload.description == "2" { await channel.close() }
        }
        if isGroup {
          for try await delivery in try channel.messages(group: "workers") {
            try await work(on: delivery.message)
            try delivery.acknowledge()
          }
        } else {
          for try await delivery in try channel.messages(reader: "worker") {
            try await work(on: delivery.message)
            try delivery.acknowledge()
          }
        }
        await backend.close()
      }
    }
  }

  @Test func withoutAsync() async throws {
    try await withScratchDirectory { path in
      let backend = try Channel(at: path, as: .backend)
      backend.respond(to: "getUser") { (key: [String: Int]) in ["name": "user \(key["id"] ?? 0)"] }
      try await onThread {
        let channel = try Channel(at: path, as: .frontend)
        let user = try channel.request("getUser", ["id": 7])
        #expect(user.description == #"{"name":"user 7"}"#)
        channel.close()
      }
      await backend.close()
    }
  }
}
