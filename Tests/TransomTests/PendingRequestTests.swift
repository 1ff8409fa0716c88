// What becomes of requests while they wait: errors that pass, time, and the end of waiting.

internal import ChannelMessages
internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Synchronization
internal import TestSupport
internal import Testing
@testable internal import Transom

@Suite("Requests that wait", .timeLimit(.minutes(1))) struct PendingRequestTests {
  /// A frontend whose files fail when that is planned, and a backend whose do not.
  private struct Scene {
    let calls = FaultyCalls()
    let core: ChannelCore
    let requests: Requests
    private let other: ChannelCore
    private let questions: Outbox
    private let answers: Outbox

    init(_ path: String) throws {
      var options = ChannelFolder.Options()
      let watcher = try Watcher.shared()
      other = ChannelCore(path: path, options: options, manner: .automatic, watcher: watcher)
      options.calls = calls
      core = ChannelCore(path: path, options: options, manner: .automatic, watcher: watcher)
      requests = Requests(core, answersIn: .backendToFrontend)
      questions = Outbox(
        core: core,
        direction: .frontendToBackend,
        durability: .process,
        visibility: .within(.seconds(600)),
        timeout: .seconds(5)
      )
      answers = Outbox(
        core: other,
        direction: .backendToFrontend,
        durability: .process,
        visibility: .within(.seconds(600)),
        timeout: .seconds(5)
      )
    }

    func ask(until deadline: Moment) throws -> (answer: PendingAnswer, id: String) {
      try requests.prepare()
      let answer = PendingAnswer()
      let receipts = try questions.append([.request("question")]) { [requests] receipts in
        requests.register(receipts[0].identifier, answer, since: .now, until: deadline) {
          ChannelError(.timedOut, at: "", "no answer")
        }
      }
      return (answer, receipts[0].id)
    }

    func respond(to id: String) throws {
      _ = try answers.send(.response(to: id, .null))
    }

    /// As the other side leaves it that begins a segment and then finds no room for the seal of the one before.
    func goOnUnsealed() throws {
      let folder = try other.direction(.backendToFrontend)
      let header = try folder.log.withLock(until: .now.advanced(by: .seconds(5))) { held in
        SegmentHeader(journal: held.journal, boot: folder.boot, first: held.last.next)
      }
      let staging = folder.staging.directory
      let file = try staging.create("unsealed")
      try file.write(header.encode().span, at: 0)
      let name = ChannelLayout.segment(beginningAt: header.first)
      #expect(try staging.renameIfFree("unsealed", to: name, in: folder.journal))
      other.letGo()
    }

    /// Appends what is nobody's answer, of so many times 100,000 bytes.
    func flood(_ count: Int) throws {
      let folder = try other.direction(.backendToFrontend)
      let draft = JournalScene.draft(String(repeating: "x", count: 100_000))
      for _ in 0..<count { _ = try folder.log.append([draft], until: .now.advanced(by: .seconds(5))) }
    }

    func hasOutcome(_ answer: PendingAnswer) -> Bool {
      core.watcher.wait(until: .now.advanced(by: .seconds(20))) { answer.outcome != nil }
    }

    var timerCount: Int { core.watcher.state.withLock { $0.timers.count } }
  }

  private func withScene(_ body: @escaping @Sendable (Scene) throws -> Void) async throws {
    try await onThread {
      try withScratchDirectory { path in try body(Scene("\(path)/channel")) }
    }
  }

  @Test func areAnsweredWhereTheJournalWentOnWhileNobodyWaited() async throws {
    try await withScene { scene in
      let first = try scene.ask(until: .now.advanced(by: .seconds(20)))
      try scene.respond(to: first.id)
      #expect(scene.hasOutcome(first.answer))
      let notices = scene.core.lane(.backendToFrontend).notices
      let before = notices.count
      try scene.goOnUnsealed()
      // The kernel's own notice is to come while nobody waits.
      #expect(scene.core.watcher.wait(until: .now.advanced(by: .seconds(20))) { notices.count > before })
      scene.requests.pump(.thorough)
      let second = try scene.ask(until: .now.advanced(by: .seconds(3)))
      try scene.respond(to: second.id)
      scene.requests.pump(.file)
      #expect(scene.hasOutcome(second.answer))
      #expect(throws: Never.self) { try second.answer.outcome?.get() }
    }
  }

  @Test func leaveOthersTheirTurnWhenMuchElseIsToBeRead() async throws {
    try await withScene { scene in
      let (answer, id) = try scene.ask(until: .now.advanced(by: .seconds(20)))
      let wasReadAtOnce = Mutex<Bool?>(nil)
      // On the thread that notices changes, so that nobody else reads meanwhile.
      scene.core.watcher.schedule(at: .now) {
        guard (try? scene.flood(160)) != nil, (try? scene.respond(to: id)) != nil else { return }
        scene.requests.pump(.thorough)
        wasReadAtOnce.withLock { $0 = answer.outcome != nil }
      }
      #expect(scene.hasOutcome(answer))
      #expect(throws: Never.self) { try answer.outcome?.get() }
      #expect(wasReadAtOnce.withLock { $0 } == false)
    }
  }

  @Test func areAnsweredThoughTheAnswerCouldNotBeReadAtFirst() async throws {
    try await withScene { scene in
      let (answer, id) = try scene.ask(until: .now.advanced(by: .seconds(30)))
      scene.calls.plan(.every(.read), .fail(EIO))
      try scene.respond(to: id)
      scene.requests.pump(.thorough)
      #expect(answer.outcome == nil)
      scene.calls.reset()
      #expect(scene.hasOutcome(answer))
      #expect(throws: Never.self) { try answer.outcome?.get() }
    }
  }

  @Test func whoseWaitingWasEndedLeaveTheirAnswersToTheMessages() async throws {
    try await withScene { scene in
      let (answer, id) = try scene.ask(until: .now.advanced(by: .seconds(30)))
      #expect(!scene.requests.isForMessages(id))
      scene.requests.close(ChannelError(.damaged, at: "", "it is over"))
      #expect(answer.outcome != nil)
      #expect(scene.requests.isForMessages(id))
    }
  }

  @Test func ofShortPatienceLeaveNoTimersBehind() async throws {
    try await withScene { scene in
      let (patient, _) = try scene.ask(until: .now.advanced(by: .seconds(60)))
      let before = scene.timerCount
      for _ in 0..<20 {
        let (answer, _) = try scene.ask(until: .now.advanced(by: .milliseconds(1)))
        #expect(scene.hasOutcome(answer))
      }
      #expect(scene.timerCount < before + 5)
      #expect(patient.outcome == nil)
    }
  }
}
