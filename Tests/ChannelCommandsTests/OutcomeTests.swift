import ChannelCommands
import ChannelMessages
import Glibc
import TestSupport
import Testing

@Suite("What was sent all the same", .timeLimit(.minutes(1))) struct OutcomeTests {
  /// A channel whose next window cannot be published.
  private func withObstructedWindow(_ body: (CommandScene) throws -> Void) throws {
    try CommandScene.with { scene in
      RawFiles.makeDirectory(scene.channel + "/frontend_to_backend.lock")
      try body(scene)
    }
  }

  private func ids(in scene: CommandScene) throws -> [String] {
    let heard = try scene.run("listen", scene.channel, "--from", "start", "-w", "50ms", "-q")
    return heard.lines.compactMap { $0.split(separator: "\"").dropFirst(3).first.map(String.init) }
  }

  @Test func isNamedByItsIdWhereItIsNotYetShown() throws {
    try withObstructedWindow { scene in
      let sent = try scene.run("send", scene.channel, "-e", "x")
      let id = try #require(sent.lines.first, "\(sent)")
      #expect(sent.code == 9 && sent.lines.count == 1)
      #expect(sent.errors.contains("accepted as message 1, ") && sent.errors.contains("; its id is \(id) ("))
      let json = try scene.run("send", scene.channel, "-e", "x", "--json")
      #expect(json.code == 9 && json.lines.first?.hasSuffix(#"","number":2}"#) == true, "\(json)")
      let quiet = try scene.run("send", scene.channel, "-e", "x", "-n", "2", "--quiet")
      let all = try ids(in: scene)
      #expect(all.count == 4 && all.first == id)
      #expect(quiet.code == 9 && quiet.output.isEmpty)
      #expect(quiet.errors.contains("; their ids are \(all.dropFirst(2).joined(separator: " to ")) ("), "\(quiet)")
    }
  }

  @Test func isToldOfARequestThatNobodyAnswers() throws {
    try CommandScene.with { scene in
      let alone = try scene.run("request", scene.channel, "m", "-t", "300ms")
      #expect(alone.code == 3 && alone.output.isEmpty)
      let place = "no answer to \"m\" within 300 ms; the request is in the journal as message 1; "
      #expect(alone.errors.contains(place + "1.0 programs can see it; "), "\(alone)")
      #expect(alone.errors.contains("no Transom program reads what the frontend sends; of 1.0 programs, "))
      let id = try #require(try ids(in: scene).first)
      #expect(alone.errors.contains("; its id is \(id) ("))
      let responder = try scene.start("respond", scene.channel, "-m", "other", "--", "cat")
      #expect(responder.line()?.contains("answering") == true)
      let passedOver = try scene.run("request", scene.channel, "m", "-t", "100ms")
      #expect(passedOver.errors.contains("; process \(responder.pid) reads what the frontend sends; "), "\(passedOver)")
    }
  }

  @Test func isToldOfARequestThatOldProgramsWereNotShown() throws {
    try CommandScene.with { scene in
      RawFiles.write("4711\n", to: scene.channel + "/frontend_to_backend.lock")
      let outcome = try scene.run("request", scene.channel, "m", "-t", "100ms")
      #expect(outcome.code == 3)
      let hidden = "; 1.0 programs cannot see it, since their window does not show it; "
      #expect(outcome.errors.contains(hidden), "\(outcome)")
    }
  }

  @Test(
    arguments: [
      (
        UnansweredRequest(number: 7, side: .frontend, isShown: true),
        "1.0 programs can see it; no Transom program reads what the frontend sends; of 1.0 programs, whether one reads is not known"
      ),
      (
        UnansweredRequest(
          number: 7,
          side: .backend,
          isShown: nil,
          readers: ["process 5", "process 6"],
          peers: PeersState(readerSeen: .seconds(2))
        ),
        "another program has written the window since, so whether 1.0 programs see it is not known; process 5, process 6 read what the backend sends; of 1.0 programs, a reader was seen 2 s ago"
      ),
    ]
  )
  func isToldInFull(_ request: UnansweredRequest, _ text: String) {
    #expect(request.text == "the request is in the journal as message 7; \(text)")
  }

  /// A 1.0 program keeps its locks, and somebody wants to wait no longer.
  @Test(arguments: [["clear"], ["send", "-e", "x"], ["request", "m"]])
  func isSaidSoonByWhoIsToldToEnd(_ words: [String]) throws {
    try CommandScene.with { scene in
      for direction in ["frontend_to_backend", "backend_to_frontend"] {
        let lock = "\(scene.channel)/\(direction).lock"
        RawFiles.write("1\n", to: lock)
        RawFiles.age(lock, seconds: -60)
      }
      let run = try scene.start(
        words[0],
        scene.channel,
        words: words.dropFirst() + ["--lock-timeout", "40s"]
      )
      let reminder = run.line() ?? ""
      #expect(reminder.contains("waiting") || reminder.contains("still sending"), "\(reminder)")
      let beginning = ContinuousClock.now
      kill(run.pid, SIGTERM)
      let outcome = run.finish()
      #expect(outcome.code == 143, "\(outcome)")
      #expect(ContinuousClock.now - beginning < .seconds(10))
      #expect(outcome.output.contains("may be in the channel already") == (words[0] == "send"), "\(outcome)")
    }
  }
}
