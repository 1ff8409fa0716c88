import ChannelBridge
import ChannelMessages
import ChannelModel
import ChannelWires
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// Who may stay whom a door has let in.
@Suite("Who stays at a door", .timeLimit(.minutes(2))) struct DoorReviewTests {
  private static let ann = "0123456789abcdef"
  private static let bob = "fedcba9876543210"
  private static let sentAway = WebSocketReader.Event.closing(
    .unknown,
    reason: "you may not be here any more: show who you are"
  )

  @Test func isKeptForOnlyForSoLongAfterHeLeft() async throws {
    let access = try OwnDoor.access("ann \(Self.ann)")
    try await OwnDoor.with(access, keepingTime: .milliseconds(300)) { scene in
      let path = "/channels/channel/socket?token=\(Self.ann)&reader="
      let here = try WebSocketTalker(scene.port, path + "here")
      try await scene.notices.await("connected with")
      let gone = try WebSocketTalker(scene.port, path + "gone")
      try await scene.notices.await("connected with")
      gone.socket.shut()
      try await scene.notices.await("nothing is kept for door-token.ann.gone any more")
      #expect(try BridgeScene.hasReader("door-token.ann.here", in: scene.channelPath))
      #expect(try !BridgeScene.hasReader("door-token.ann.gone", in: scene.channelPath))
      // Whoever comes again begins anew.
      let again = try WebSocketTalker(scene.port, path + "gone")
      try await scene.notices.await("connected with")
      try await scene.channel.send("tick", 7)
      for talker in [here, again] { #expect(try talker.message().payload == 7) }
    }
  }

  @Test func isNotWhoseTokenIsNoneAnyMore() async throws {
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)\nbob \(Self.bob)")) { scene in
      let (ann, bob) = (try await scene.connect(Self.ann), try await scene.connect(Self.bob))
      let stream = try RawSocket(port: scene.port)
      try stream.send("GET /channels/channel/messages?token=\(Self.ann) HTTP/1.1\r\nHost: a\r\n\r\n")
      try await scene.notices.await("connected with")
      try await scene.door.replace(access: OwnDoor.access("bob \(Self.bob)"))
      #expect(try ann.next() == Self.sentAway)
      for _ in 0..<2 {
        try await scene.notices.await("token ann was sent away: its token is none that is known any more")
      }
      // That cannot be told why, but it ends.
      while try !stream.receive().isEmpty {}
      // Nothing of what she still says counts.
      let messages = scene.channel.messages
      try ann.say(#"{"id":"1","type":"event","method":"hers"}"#)
      try bob.say(#"{"id":"2","type":"event","method":"his"}"#)
      #expect(try await messages.next()?.method == "his")
      try await scene.channel.send("tick", 1)
      #expect(try bob.message().payload == 1)
    }
  }

  /// Whoever has kept it learns nothing by trying it.
  @Test func doesNotComeAgainByTheSameToken() async throws {
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)")) { scene in
      let ann = try await scene.connect(Self.ann)
      try await scene.door.replace(access: OwnDoor.access("ann \(Self.bob)"))
      #expect(try ann.next() == Self.sentAway)
      try await scene.notices.await("token ann was sent away: the token of its name is another now")
      let again = try WebSocketTalker(scene.port, "/channels/channel/socket?token=\(Self.ann)")
      #expect(try again.next() == .closing(.unknown, reason: "show who you are: Authorization: Bearer TOKEN"))
      try await scene.notices.await("was not let in: its token is none that is known")
      let asking = try RawSocket(port: scene.port)
      try asking.send(
        "POST /channels/channel/events/e HTTP/1.0\r\nContent-Type: application/json\r\n"
          + "Authorization: Bearer \(Self.ann)\r\nContent-Length: 1\r\n\r\n1"
      )
      var answer: [UInt8] = []
      while case let bytes = try asking.receive(), !bytes.isEmpty { answer += bytes }
      let text = String(decoding: answer, as: UTF8.self)
      #expect(text.hasPrefix("HTTP/1.1 401 ") && !text.contains("known") && !text.contains("ann"), "\(text)")
      try await scene.notices.await("was not let in: its token is none that is known")
    }
  }

  @Test func isNotWhoMayDoSomethingElseNow() async throws {
    let tokens = "ann \(Self.ann)\nbob \(Self.bob)"
    let (hers, his) = (try AccessRule(for: ["ann"], events: ["a"]), try AccessRule(for: ["bob"], events: ["a"]))
    try await OwnDoor.with(try OwnDoor.access(tokens, [hers, his])) { scene in
      let (ann, bob) = (try await scene.connect(Self.ann), try await scene.connect(Self.bob))
      let more = try AccessRule(for: ["ann"], events: ["a", "b"])
      try await scene.door.replace(access: OwnDoor.access(tokens, [more, his]))
      #expect(try ann.next() == Self.sentAway)
      try await scene.notices.await("token ann was sent away: the rules for it have changed")
      try await scene.door.replace(access: OwnDoor.access(tokens, [more]))
      #expect(try bob.next() == Self.sentAway)
      try await scene.notices.await("token bob was sent away: no rule lets it in any more")
      _ = try await scene.connect(Self.ann)
    }
  }

  /// Ids are drawn by each for himself.
  @Test func isHeardThoughAnotherUsesTheSameIds() async throws {
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)\nbob \(Self.bob)")) { scene in
      let messages = scene.channel.messages
      for token in [Self.ann, Self.bob, Self.ann] {
        let talker = try await scene.connect(token)
        try talker.say(#"{"id":"1","type":"event","method":"a"}"#)
        _ = try talker.next()
      }
      let last = try await scene.connect(Self.ann)
      try last.say(#"{"id":"2","type":"event","method":"last"}"#)
      var names: [String?] = []
      for _ in 0..<3 { names.append(try await messages.next()?.method) }
      #expect(names == ["a", "a", "last"])
    }
  }

  /// Whoever waits for an answer of one who was sent away is told at once.
  @Test func answersNothingAnyMore() async throws {
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)")) { scene in
      let ann = try await scene.connect(Self.ann)
      let asking = Task { try await scene.channel.request("a", timeout: .seconds(20)) as JSONText }
      _ = try ann.message()
      let begin = ContinuousClock.now
      try await scene.door.replace(access: OwnDoor.access(""))
      let error = await #expect(throws: ChannelError.self) { try await asking.value }
      #expect(error?.what.contains("was lost before it answered") == true, "\(String(describing: error))")
      #expect(ContinuousClock.now - begin < .seconds(3))
    }
  }

  /// Others at another door are none of its business, though they have to do with the same channel.
  @Test func isWhoeverCameByAnotherDoor() async throws {
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)\nbob \(Self.bob)")) { scene in
      let bob = try await scene.connect(Self.bob)
      try await scene.withAnotherDoor(OwnDoor.access("ann \(Self.ann)")) { door in
        await door.review()
        try await scene.channel.send("tick", 1)
        #expect(try bob.message().payload == 1)
      }
    }
  }

  @Test func isNotWhoseTokenHasExpired() async throws {
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann) 2999-01-01\nbob \(Self.bob)")) { scene in
      let (ann, bob) = (try await scene.connect(Self.ann), try await scene.connect(Self.bob))
      await scene.door.review()
      let later = try #require(WallTime(utc: "2999-01-01".utf8))
      await scene.door.review(at: later)
      #expect(try ann.next() == Self.sentAway)
      try await scene.notices.await("token ann was sent away: its token has expired")
      try await scene.channel.send("tick", 1)
      #expect(try bob.message().payload == 1)
    }
  }

  // MARK: What those learn who are there

  /// What nobody may be asked keeps nobody waiting.
  @Test func isAskedThoughSomethingWaitsThatNobodyMayBeAsked() async throws {
    let rules = [try AccessRule(for: ["ann"], methods: ["a"])]
    let access = try OwnDoor.access("ann \(Self.ann)", rules)
    try await OwnDoor.with(access, connectingTime: .seconds(2)) { scene in
      let ann = try await scene.connect(Self.ann)
      let forNobody = Task { try await scene.channel.request("b", timeout: .seconds(20)) as JSONText }
      let begin = ContinuousClock.now
      for number in 0..<3 {
        let asking = Task { try await scene.channel.request("a", timeout: .seconds(20)) as JSONText }
        let question = try ann.message()
        #expect(question.method == "a")
        try ann.say("{\"type\":\"response\",\"reply_to\":\"\(question.id)\",\"payload\":\(number)}")
        #expect(try await asking.value == JSONText(integer: number))
      }
      #expect(ContinuousClock.now - begin < .seconds(2))
      let error = await #expect(throws: ChannelError.self) { try await forNobody.value }
      #expect(error?.what.hasSuffix("is not to be asked that") == true, "\(String(describing: error))")
    }
  }

  /// Who reads nothing delays those alone who ask what no other may be asked.
  @Test func isAskedThoughAnotherHasNoRoomForWhatHeAloneMayBeAsked() async throws {
    let rules = [try AccessRule(for: ["ann"], methods: ["a"]), try AccessRule(for: ["bob"], methods: ["b"])]
    let access = try OwnDoor.access("ann \(Self.ann)\nbob \(Self.bob)", rules)
    try await OwnDoor.with(access, connectingTime: .seconds(10)) { scene in
      let ann = try await scene.connect(Self.ann)
      // More than the kernel and the stream hold of what is on its way to her, and less than the bridge takes at once.
      let text = JSONText("\(String(repeating: "x", count: 100_000))")
      let big = Question("a", text, fields: [], timeout: .seconds(60))
      var crowd: [SentRequest] = []
      for _ in 0..<13 { crowd += try await scene.channel.ask(Array(repeating: big, count: 5)) }
      let bob = try await scene.connect(Self.bob)
      let asking = Task { try await scene.channel.request("b", timeout: .seconds(20)) as JSONText }
      let begin = ContinuousClock.now
      let question = try bob.message()
      #expect(question.method == "b")
      #expect(ContinuousClock.now - begin < .seconds(5))
      try bob.say("{\"type\":\"response\",\"reply_to\":\"\(question.id)\",\"payload\":1}")
      #expect(try await asking.value == 1)
      #expect(await scene.bridge.figures.requestsOut < 65, "she was told all of it: nothing waited")
      withExtendedLifetime((ann, crowd)) {}
    }
  }

  /// However small it is: what fits beside others would keep a large one waiting for as long as it comes.
  @Test func isAskedNothingBeforeWhatWaitsForRoomAtHim() async throws {
    let rules = [try AccessRule(for: ["ann"], methods: ["a", "b"]), try AccessRule(for: ["bob"], methods: ["c"])]
    let access = try OwnDoor.access("ann \(Self.ann)\nbob \(Self.bob)", rules)
    try await OwnDoor.with(access, connectingTime: .seconds(60)) { scene in
      let ann = try await scene.connect(Self.ann)
      let bob = try await scene.connect(Self.bob)
      let text = JSONText("\(String(repeating: "x", count: 100_000))")
      let big = Question("a", text, fields: [], timeout: .seconds(60))
      var asked: [SentRequest] = []
      for _ in 0..<13 { asked += try await scene.channel.ask(Array(repeating: big, count: 5)) }
      for method in ["b", "c"] {
        asked += try await scene.channel.ask([Question(method, 1, fields: [], timeout: .seconds(60))])
      }
      // What he is asked was taken last.
      #expect(try bob.message().method == "c")
      #expect(await scene.bridge.figures.requestsOut < 66, "she was told all of it: nothing waited")
      var methods: [String?] = []
      for _ in 0..<66 { methods.append(try ann.message().method) }
      #expect(methods.prefix(65).allSatisfy { $0 == "a" } && methods.last == "b")
      withExtendedLifetime(asked) {}
    }
  }

  /// What waits for nobody is not forgotten over somebody who comes for something else.
  @Test func isAskedWhatWaitedAndKeepsTheOthersFromNoRefusal() async throws {
    let rules = [try AccessRule(for: ["ann"], methods: ["a"]), try AccessRule(for: ["bob"], methods: ["c"])]
    let access = try OwnDoor.access("ann \(Self.ann)\nbob \(Self.bob)", rules)
    try await OwnDoor.with(access, connectingTime: .seconds(2)) { scene in
      let bob = try await scene.connect(Self.bob)
      let begin = ContinuousClock.now
      let asking = ["a", "b"].map { method in
        Task { try await scene.channel.request(method, timeout: .seconds(20)) as JSONText }
      }
      let ann = try await scene.connect(Self.ann)
      // She leaves it unanswered for now.
      let question = try ann.message()
      #expect(question.method == "a")
      let error = await #expect(throws: ChannelError.self) { try await asking[1].value }
      #expect(error?.what.hasSuffix("is not to be asked that") == true, "\(String(describing: error))")
      #expect(ContinuousClock.now - begin < .seconds(10))
      try ann.say("{\"type\":\"response\",\"reply_to\":\"\(question.id)\",\"payload\":1}")
      #expect(try await asking[0].value == 1)
      withExtendedLifetime(bob) {}
    }
  }

  /// Who holds what, and where, is told in the log.
  @Test func learnsNothingOfTheMachine() async throws {
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)"), answeringTime: .milliseconds(200)) { scene in
      let ann = try await scene.connect(Self.ann)
      let path = scene.channelPath + "/.transom/backend_to_frontend/journal/lock"
      try await scene.channel.send("e")
      let lock = unsafe open(path, O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX) == 0)
      try ann.say(#"{"id":"1","type":"request","method":"a"}"#)
      var answer = try ann.message()
      while answer.kind != .response { answer = try ann.message() }
      #expect(answer.error == "the channel cannot be used now", "\(answer)")
      try await scene.notices.await("process \(getpid()) holds the journal's lock")
      let asking = try RawSocket(port: scene.port)
      try asking.send("POST /channels/channel/requests/a?token=\(Self.ann) HTTP/1.0\r\n\r\n")
      var bytes: [UInt8] = []
      while case let more = try asking.receive(), !more.isEmpty { bytes += more }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(
        text.hasPrefix("HTTP/1.1 503 ") && text.contains(#""message":"the channel cannot be used now""#),
        "\(text)"
      )
      try await scene.notices.await("process \(getpid()) holds the journal's lock")
      close(lock)
    }
  }
}
