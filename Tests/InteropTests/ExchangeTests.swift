// Every kind of message between an end of ours and one of ipckit's.

internal import ChannelMessages
internal import LinuxIO
internal import Synchronization
internal import TestSupport
internal import Testing
internal import Transom

/// Each with our end as the frontend and as the backend.
@Suite("Exchange with ipckit", .timeLimit(.minutes(1))) struct ExchangeTests {
  struct Trouble: Error, CustomStringConvertible {
    let description: String
  }

  // MARK: Events

  @Test(arguments: Side.allCases) func eventsOfOursReachIt(_ side: Side) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(side)
      let theirs = try scene.theirs(side.other)
      let receipt = try ours.send("progress", ["percent": 40, "file": "a.txt"])
      let received = try theirs.receive()
      try #require(received.count == 1)
      #expect(received[0].id == receipt.id)
      #expect(received[0].type == "event")
      #expect(received[0].method == "progress")
      #expect(received[0].payload == #"{"file":"a.txt","percent":40}"#)
      #expect(received[0].reply_to == nil && received[0].error == nil)
      #expect(try theirs.receive() == [])
    }
  }

  @Test(arguments: Side.allCases) func eventsOfItsReachUs(_ side: Side) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(side)
      let theirs = try scene.theirs(side.other)
      let messages = ours.messages
      try theirs.send("progress", ["percent": 40, "file": "a.txt"])
      let message = try #require(try messages.next(within: .seconds(5)))
      #expect(message.kind == .event)
      #expect(message.method == "progress")
      #expect(message.compactPayload == #"{"file":"a.txt","percent":40}"#)
      #expect(message.replyTo == nil && message.error == nil)
      #expect(try messages.next(within: .milliseconds(100)) == nil)
    }
  }

  @Test(arguments: Side.allCases) func eventsComeInTheirOrder(_ side: Side) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(side)
      let theirs = try scene.theirs(side.other)
      let collector = Collector(ours)
      for number in 0..<50 {
        try ours.send("ours", JSONText(integer: number))
        try theirs.send("theirs", JSONText(integer: number))
      }
      #expect(try theirs.receive(atLeast: 50).map(\.payload) == (0..<50).map { "\($0)" })
      collector.awaitCount(50, within: .seconds(5))
      let found = collector.finish()
      #expect(found.messages.numbers(of: "theirs") == Array(0..<50))
      #expect(found.messages.count == 50)
      #expect(found.gaps == [])
      #expect(found.failures == [])
    }
  }

  @Test(arguments: Side.allCases) func whatWasSentBeforeTheOtherOpenedIsThere(_ side: Side) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(side)
      try ours.send("early", 1)
      let theirs = try scene.theirs(side.other)
      #expect(try theirs.receive().map(\.method) == ["early"])
    }
    try await InteropScene.run { scene in
      let theirs = try scene.theirs(side.other)
      try theirs.send("early", 1)
      let ours = try scene.ours(side)
      let messages = ours.messages(from: .start)
      #expect(try messages.next(within: .seconds(5))?.method == "early")
    }
  }

  // MARK: Requests and responses

  @Test(arguments: Side.allCases) func requestsOfOursAreAnsweredByIt(_ side: Side) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(side)
      let theirs = try scene.theirs(side.other)
      theirs.begin(["do": "answer", "count": 2, "seconds": 10])
      let answer: JSONText = try ours.request("echo", ["z": [1, .null, "x"], "a": true], timeout: .seconds(8))
      #expect(answer.description.filter { !$0.isWhitespace } == #"{"a":true,"z":[1,null,"x"]}"#)
      #expect(try ours.request("nothing", timeout: .seconds(8)) as JSONText == .null)
      let asked: [IpckitPeer.Received] = try theirs.finish(within: .seconds(12))
      #expect(asked.map(\.method) == ["echo", "nothing"])
      #expect(asked.map(\.payload) == [#"{"a":true,"z":[1,null,"x"]}"#, "null"])
    }
  }

  @Test(arguments: Side.allCases) func errorsOfItsAreThrownInItsWords(_ side: Side) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(side)
      let theirs = try scene.theirs(side.other)
      theirs.begin(["do": "answer", "count": 1, "seconds": 10, "error": "no such user: Zoë"])
      let error = #expect(throws: ChannelError.self) {
        try ours.request("getUser", 7, timeout: .seconds(8)) as JSONText
      }
      #expect(error?.code == .answeredWithError)
      #expect(error?.what == "no such user: Zoë")
      _ = try theirs.finish(as: [IpckitPeer.Received].self, within: .seconds(12))
    }
  }

  @Test(arguments: Side.allCases) func requestsOfItsAreAnsweredByUs(_ side: Side) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(side)
      let theirs = try scene.theirs(side.other)
      ours.respond(to: "echo") { (request: Message) in request.payload }
      ours.respond(to: "break") { (_: Message) throws -> JSONText in throw Trouble(description: "out of order") }

      let question = try theirs.ask("echo", ["b": 1, "a": [.null]])
      let answer = try awaitAnswer(theirs, to: question)
      #expect(answer.type == "response")
      #expect(answer.reply_to == question)
      #expect(answer.method == nil && answer.error == nil)
      #expect(answer.payload == #"{"a":[null],"b":1}"#)

      let broken = try awaitAnswer(theirs, to: try theirs.ask("break"))
      #expect(broken.error == "out of order")
      #expect(broken.payload == "null")
    }
  }

  /// `wait_response` throws away all that it reads beside the answer, so nothing may come before its time.
  @Test(arguments: Side.allCases) func itsWaitFindsOurAnswerAmongEvents(_ side: Side) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(side)
      let theirs = try scene.theirs(side.other)
      ours.respond(to: "busy") { (request: Message) in
        for number in 0..<5 { try await ours.send("step", JSONText(integer: number)) }
        return request.payload
      }
      for number in 0..<5 {
        let answer = try awaitAnswer(theirs, to: try theirs.ask("busy", JSONText(integer: number)))
        #expect(answer.payload == "\(number)")
      }
    }
  }

  @Test(arguments: Side.allCases) func manyRequestsAtOnceEachGetTheirOwnAnswer(_ side: Side) async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(side)
      let theirs = try scene.theirs(side.other)
      theirs.begin(["do": "answer", "count": 40, "seconds": 15])
      let answers = Mutex<[Int: Int]>([:])
      let threads = (0..<8).map { thread in
        NativeThread {
          for number in thread * 5..<thread * 5 + 5 {
            let answer: Int? = try? ours.request("double", JSONText(integer: number), timeout: .seconds(12))
            answers.withLock { $0[number] = answer ?? -1 }
          }
        }
      }
      for thread in threads { thread.join() }
      #expect(answers.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, $0) }))
      let asked: [IpckitPeer.Received] = try theirs.finish(within: .seconds(16))
      #expect(Set(asked.map(\.payload)).count == 40)
    }
  }

  /// A request that shares its millisecond with another comes out of ipckit's own `recv` again and again.
  @Test func aRequestOfItsIsCarriedOutOnce() async throws {
    try await InteropScene.run { scene in
      let ours = try scene.ours(.backend)
      let theirs = try scene.theirs(.frontend)
      let done = Mutex<[Int]>([])
      ours.respond(to: "count") { (request: Message) in
        let number = request.number ?? -1
        done.withLock { $0.append(number) }
        return .null
      }
      let questions = try (0..<40).map { try theirs.ask("count", JSONText(integer: $0)) }
      var answered: [String] = []
      eventually(within: .seconds(10)) {
        answered += ((try? theirs.receive()) ?? []).compactMap(\.reply_to)
        return Set(answered).count == questions.count
      }
      // Each answer has a stamp of its own, so none comes twice.
      #expect(answered.sorted() == questions.sorted())
      #expect(done.withLock { $0.sorted() } == Array(0..<40))
    }
  }

  private func awaitAnswer(_ peer: IpckitPeer, to request: String) throws -> IpckitPeer.Received {
    try peer.call(["do": "wait_response", "request": "\(request)", "milliseconds": 5_000])
  }
}
