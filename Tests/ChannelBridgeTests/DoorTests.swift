import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// What curl, which nobody here wrote, gets at a door.
@Suite("A door", .timeLimit(.minutes(2))) struct DoorTests {
  @Test func answersWithTheAnswer() async throws {
    try await DoorScene.with { scene in
      let (channel, responders) = try scene.answerer()
      for number in 0..<5 {
        let answer = try await scene.post("/channels/channel/requests/double", "\(number)")
        #expect(answer.status == 200 && answer.text == "\(2 * number)\n")
      }
      let none = try await scene.post("/channels/channel/requests/echo", "")
      #expect(none.status == 200 && none.text == "null\n")
      withExtendedLifetime((channel, responders)) {}
    }
  }

  @Test func saysByItsStatusWhyThereIsNoAnswer() async throws {
    try await DoorScene.with { scene in
      let (channel, responders) = try scene.answerer()
      let failed = try await scene.post("/channels/channel/requests/fail", "1")
      #expect(failed.status == 422 && failed.text.contains("no, never") && failed.text.contains("answered-with-error"))
      let late = try await scene.post("/channels/channel/requests/nobody", "1", ["-H", "Transom-Timeout: 200ms"])
      #expect(late.status == 504 && late.text.contains("timed-out"))
      let elsewhere = try await scene.post("/channels/other/requests/double", "1")
      #expect(elsewhere.status == 404 && elsewhere.text.contains("no-channel"))
      #expect(try await scene.post("/channels/channel/requests/double", "{").status == 400)
      #expect(
        try await scene.post("/channels/channel/requests/double", "1", ["-H", "Transom-Timeout: 2h"]).status == 400
      )
      let plain = try await scene.curl("/channels/channel/requests/double", "-H", "Content-Type: text/plain", "-d", "1")
      #expect(plain.status == 415)
      #expect(try await scene.curl("/channels/channel/requests/double").status == 405)
      #expect(try await scene.post("/channels/channel/messages", "1").status == 405)
      #expect(try await scene.curl("/nothing").status == 404)
      #expect(try await scene.curl("/channels/channel/messages?reader=a%2Fb").status == 400)
      #expect(try await scene.curl("/channels/channel/messages?raeder=a").status == 400)
      let long = "Transom-Timeout: 9223372036.9s"
      #expect(try await scene.post("/channels/channel/requests/double", "1", ["-H", long]).status == 400)
      #expect(try await scene.curl("/channels/channel/socket").status == 426)
      // Nobody is told where the channel is.
      for answer in [failed, late, elsewhere] { #expect(!answer.text.contains(scene.bridge.folder)) }
      withExtendedLifetime((channel, responders)) {}
    }
  }

  @Test func tellsTheChannelWhatItIsTold() async throws {
    try await DoorScene.with { scene in
      let channel = try scene.bridge.open()
      let messages = channel.messages
      let told = try await scene.post("/channels/channel/events/a%20b", #"{"a":[1,2]}"#)
      #expect(told.status == 200)
      let event = try #require(try await messages.next())
      #expect(event.kind == .event && event.method == "a b" && told.text == "{\"id\":\"\(event.id)\"}\n")
      #expect("\(event.payload)" == #"{"a":[1,2]}"#)
    }
  }

  @Test func tellsWhatItHas() async throws {
    try await DoorScene.with { scene in
      #expect(try await scene.curl("/").text.contains("POST /channels/NAME/requests/METHOD"))
      let description = try await scene.curl("/openapi.json")
      let text = try JSONText(validating: Array(description.text.utf8))
      for path in ["requests/{method}", "events/{name}", "messages", "socket"] {
        #expect("\(text)".contains("\"/channels/{channel}/\(path)\""))
      }
      #expect("\(text)".contains("\"/gateway/{channel}/{path}\""))
      #expect(try await scene.curl("/").text.contains("/gateway/NAME/PATH"))
      #expect(try await scene.curl("/transom.js").text.contains("connect"))
      #expect(try await scene.curl("/transom.d.ts").text.contains("connect"))
      let head = try await scene.curl("/transom.js", "-I")
      #expect(head.status == 200 && head.text.contains("text/javascript"))
    }
  }

  // MARK: Listening

  @Test func tellsEventsAsTheyComeInBothForms() async throws {
    try await DoorScene.with { scene in
      let channel = try scene.bridge.open()
      let lines = try ProcessRun(["curl", "-sSN", "--max-time", "20", scene.base + "/channels/channel/messages"])
      let events = try ProcessRun([
        "curl", "-sSN", "--max-time", "20", "-H", "Accept: text/event-stream",
        scene.base + "/channels/channel/messages",
      ])
      for _ in 0..<2 { scene.bridge.awaitLine("connected") }
      #expect(events.line() == "retry: 100" && events.line() == "")
      for number in 0..<100 { try await channel.send("tick", JSONText(validating: Array("[\n\(number)\r\n]".utf8))) }
      for number in 0..<100 {
        let line = try Message(Array((lines.line() ?? "").utf8))
        #expect(line.method == "tick" && "\(line.payload)".filter(\.isNumber) == "\(number)")
        var data: [String] = []
        while let part = events.line(), !part.isEmpty { data.append(String(part.dropFirst("data: ".count))) }
        let event = try Message(Array(data.joined(separator: "\n").utf8))
        #expect(event.id == line.id)
      }
      for run in [lines, events] { kill(run.pid, SIGKILL) }
    }
  }

  /// With a reader nothing is lost and nothing comes twice, whenever the connection breaks.
  @Test func goesOnBehindTheLastEventThatSomebodyHas() async throws {
    try await DoorScene.with { scene in
      let channel = try scene.bridge.open()
      func listen(_ last: String?) throws -> ProcessRun {
        var words = ["curl", "-sSN", "--max-time", "20", "-H", "Accept: text/event-stream"]
        if let last { words += ["-H", "Last-Event-ID: \(last)"] }
        let run = try ProcessRun(words + [scene.base + "/channels/channel/messages?reader=page"])
        scene.bridge.awaitLine("connected")
        return run
      }
      func take(_ count: Int, from run: ProcessRun) throws -> [(id: String, payload: String)] {
        var taken: [(String, String)] = []
        var id = ""
        while taken.count < count, let line = run.line() {
          if line.hasPrefix("id: ") { id = String(line.dropFirst(4)) }
          if line.hasPrefix("data: ") { taken.append((id, "\(try Message(Array(line.dropFirst(6).utf8)).payload)")) }
        }
        return taken
      }
      var last: String?
      var all: [String] = []
      var sent = 0
      for round in 0..<5 {
        let run = try listen(last)
        for _ in 0..<50 {
          try await channel.send("tick", JSONText(integer: sent))
          sent += 1
        }
        // What comes behind is in the air when it breaks.
        let taken = try take(30 + round, from: run)
        all += taken.map(\.payload)
        last = taken.last?.id
        kill(run.pid, SIGKILL)
      }
      let run = try listen(last)
      all += try take(sent - all.count, from: run).map(\.payload)
      #expect(all == (0..<sent).map { "\($0)" })
      kill(run.pid, SIGKILL)
    }
  }

  @Test func endsAStreamThatCannotSayWhatItHasSoThatItComesAgain() async throws {
    try await DoorScene.with { scene in
      let channel = try scene.bridge.open()
      _ = try await scene.curl("/channels/channel/messages?reader=page", "--max-time", "1")
      for batch in 0..<5 {
        _ = try await channel.send(contentsOf: (0..<500).map { .event("tick", JSONText(integer: 500 * batch + $0)) })
      }
      let first = try await scene.curl("/channels/channel/messages?reader=page")
      #expect(first.text.split(separator: "\n").count == 2_000)
      let mark = try #require(
        first.text.split(separator: "\n").last?.split(separator: "\"mark\":\"").last?.prefix { $0 != "\"" }
      )
      let second = try ProcessRun([
        "curl", "-sSN", "--max-time", "20", "-H", "Last-Event-ID: \(mark)",
        scene.base + "/channels/channel/messages?reader=page",
      ])
      for payload in 2_000..<2_500 {
        let line = try Message(Array((second.line() ?? "").utf8))
        #expect(line.payload == JSONText(integer: payload))
      }
      kill(second.pid, SIGKILL)
    }
  }

  /// What cannot say what it has is not held up by what it has: the stream ends, and comes again.
  @Test func endsAStreamThatHasTooManyBytes() async throws {
    try await DoorScene.with { scene in
      let channel = try scene.bridge.open()
      _ = try await scene.curl("/channels/channel/messages?reader=page", "--max-time", "1")
      let text = JSONText(stringLiteral: String(repeating: "x", count: 1 << 20))
      for _ in 0..<10 { try await channel.send("big", text) }
      let first = try await scene.curl("/channels/channel/messages?reader=page")
      #expect(first.text.split(separator: "\n").count == 8)
    }
  }

  /// Another journal numbers anew, so that a number of the old one says nothing.
  @Test func tellsAllOfAChannelThatTookTheOldOnesPlace() async throws {
    try await DoorScene.with { scene in
      let channel = try scene.bridge.open()
      var taken = try await scene.curl("/channels/channel/messages?reader=page", "--max-time", "1")
      for number in 0..<3 { try await channel.send("tick", JSONText(integer: number)) }
      let path = "/channels/channel/messages?reader=page"
      taken = try await scene.curl(path, "--max-time", "1", "-H", "Last-Event-ID: 00000000-100")
      #expect(taken.text.split(separator: "\n").count { $0.hasPrefix("{") } == 3)
    }
  }

  @Test func tellsOnlyWhatIsWanted() async throws {
    try await DoorScene.with { scene in
      let channel = try scene.bridge.open()
      let path = "/channels/channel/messages?reader=page&events=progress.*&events=done"
      _ = try await scene.curl(path, "--max-time", "1")
      scene.bridge.awaitLine("is done", or: "is lost")
      let socket = try WebSocketTalker(scene.port, "/channels/channel/socket?events=d*")
      scene.bridge.awaitLine("connected")
      for name in ["progress.a", "other", "done", "progress", "progress.b", "done"] { try await channel.send(name, 1) }
      #expect(try [socket.message().method, socket.message().method] == ["done", "done"])
      let told = try await scene.curl(path, "--max-time", "1").text.split(separator: "\n").filter { $0.hasPrefix("{") }
      let names = try told.map { try Message(Array($0.utf8)).method }
      #expect(names == ["progress.a", "done", "progress.b", "done"])
    }
  }

  @Test func keepsForSoManyReadersAndNoMore() async throws {
    try await DoorScene.with { scene in
      for number in 0..<256 {
        let run = try ProcessRun(["curl", "-sSN", scene.base + "/channels/channel/messages?reader=r\(number)"])
        scene.bridge.awaitLine("connected")
        kill(run.pid, SIGKILL)
      }
      let more = try await scene.curl("/channels/channel/messages?reader=r256")
      #expect(more.status == 429 && more.text.contains("256"))
      // Those that there are may come again, and others once somebody has made room.
      let again = try ProcessRun(["curl", "-sSN", scene.base + "/channels/channel/messages?reader=r5"])
      scene.bridge.awaitLine("connected")
      kill(again.pid, SIGKILL)
      let words = [try BridgeScene.program, "reader", "drop", scene.bridge.channelPath, "door-r7"]
      #expect(try ProcessRun(words).finish().code == 0)
      try await eventually(within: .seconds(30)) {
        try await scene.curl("/channels/channel/messages?reader=r256", "--max-time", "1").status == 200
      }
    }
  }

  /// Each time that it has become full, and not for each who is closed out; also when a WebSocket has made room.
  @Test func tellsOnceThatItIsFull() async throws {
    try await DoorScene.with(["--peers", "1"]) { scene in
      for round in 0..<3 {
        let talker = try WebSocketTalker(try scene.port)
        scene.bridge.awaitLine("connected")
        for _ in 0..<3 { while try !RawSocket(port: try scene.port).receive().isEmpty {} }
        talker.socket.shut()
        var lines: [String] = []
        while lines.last?.contains("is done") != true { lines.append(scene.bridge.awaitLine("")) }
        #expect(lines.count { $0.contains("closed out") } == 1, "in round \(round): \(lines)")
      }
    }
  }
}
