// Handlers whose channel cannot be read, or not any more.

internal import ChannelMessages
internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Synchronization
internal import TestSupport
internal import Testing
@testable internal import Transom

@Suite("Responders", .timeLimit(.minutes(1))) struct RespondersTests {
  /// Takes note of what goes wrong while nobody waits for it.
  private final class Troubles: Sendable {
    private let found = Mutex<[ChannelError]>([])

    var tell: @Sendable (ChannelError) -> Void { { error in self.found.withLock { $0.append(error) } } }
    var codes: [ChannelError.Code] { found.withLock { $0.map(\.code) } }
  }

  /// Responders of a channel whose files go through a layer of the test's.
  private func responders(
    _ path: String,
    _ options: ChannelFolder.Options,
    _ troubles: Troubles
  ) throws -> (core: ChannelCore, responders: Responders) {
    let core = ChannelCore(path: path, options: options, manner: .automatic, watcher: try Watcher.shared())
    let outbox = Outbox(
      core: core,
      direction: .backendToFrontend,
      durability: .process,
      visibility: .within(.seconds(600)),
      timeout: .seconds(5)
    )
    _ = try core.folder()
    return (core, Responders(core, requestsIn: .frontendToBackend, outbox: outbox, onTrouble: troubles.tell))
  }

  /// A disk that is full for a while costs nobody an answer.
  @Test func sendAnAnswerAsSoonAsThereIsRoomForIt() async throws {
    try await withEnds { frontend, _ in
      let calls = FaultyCalls()
      var options = ChannelFolder.Options()
      options.calls = calls
      let troubles = Troubles()
      let (_, responders) = try responders(frontend.path, options, troubles)
      let responder = responders.add(
        "ask",
        .task { _ in
          for call in [FileCall.write, .gather] { calls.plan(.every(call), .fail(ENOSPC)) }
          return 7
        }
      )
      async let answer: JSONText = frontend.request("ask", timeout: .seconds(20))
      try await eventually { !troubles.codes.isEmpty }
      calls.reset()
      #expect(try await answer == 7)
      responder.stop()
    }
  }

  /// What is answered by a reply, or not at all.
  @Test func answerLaterOrLeaveARequestToTheNext() async throws {
    try await withEnds { frontend, _ in
      let (_, first) = try responders(frontend.path, ChannelFolder.Options(), Troubles())
      let replies = Mutex<[RequestReply]>([])
      let came = Latch()
      _ = first.add(
        "ask",
        .later { _, reply in
          replies.withLock { $0.append(reply) }
          came.open()
        }
      )
      async let answer: JSONText = frontend.request("ask", timeout: .seconds(20))
      try await eventually { came.isOpen }
      // Let go of, it is as if nobody had taken it.
      first.stopTaking(ChannelError(.closed, at: frontend.path, "is closed"))
      replies.withLock { $0 = [] }
      await first.finish()
      let (_, second) = try responders(frontend.path, ChannelFolder.Options(), Troubles())
      let responder = second.add("ask", .later { _, reply in reply.answer(.success(8)) })
      #expect(try await answer == 8)
      responder.stop()
    }
  }

  @Test func leaveOthersTheirTurnWhenManyRequestsWait() async throws {
    try await withEnds { frontend, _ in
      let count = 4_000
      for _ in 0..<8 {
        try await frontend.send(contentsOf: (0..<count / 8).map { _ in .request("many") })
      }
      let (core, responders) = try responders(frontend.path, ChannelFolder.Options(), Troubles())
      let (answered, answeredBefore) = (Counter(), Counter())
      let all = Latch()
      let handler = Responders.Handler.inline { _ in
        switch answered.add(1) {
        case 1: core.watcher.schedule(at: .now) { _ = answeredBefore.add(answered.value) }
        case count: all.open()
        default: break
        }
        return .null
      }
      _ = responders.add("many", handler)
      await all.passed()
      #expect(answeredBefore.value > 0 && answeredBefore.value < count)
      responders.stopTaking(ChannelError(.closed, at: core.path, "the test is over"))
      await responders.finish()
    }
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    /// The count afterwards.
    func add(_ more: Int) -> Int {
      count.withLock { count in
        count += more
        return count
      }
    }
  }

  @Test func beginLaterWhenTheyCouldNotAtFirst() async throws {
    try await withEnds { frontend, backend in
      let (calls, troubles) = (FaultyCalls(), Troubles())
      var options = ChannelFolder.Options()
      options.calls = calls
      let (core, responders) = try responders(frontend.path, options, troubles)
      for direction in [Direction.backendToFrontend, .frontendToBackend] { _ = try core.direction(direction) }
      calls.plan(.every(.names), .fail(EMFILE))
      _ = responders.add("late", .task { $0.payload })
      #expect(troubles.codes.count == 1)
      calls.reset()
      let answer: Int = try await frontend.request("late", 3, timeout: .seconds(20))
      #expect(answer == 3)
      #expect(troubles.codes.count == 1)
      responders.stopTaking(ChannelError(.closed, at: core.path, "the test is over"))
      await responders.finish()
    }
  }

  @Test func leaveRequestsToTheMessagesWhenTheyCannotGoOn() async throws {
    try await withScratchDirectory { path in
      let troubles = Troubles()
      let maker = try Channel(at: "\(path)/channel", as: .backend)
      var options = ChannelFolder.Options()
      options.creates = false
      let (core, responders) = try responders(maker.path, options, troubles)
      #expect(!responders.takes("any"))
      await maker.close()
      try ScratchDirectory.remove(maker.path)
      core.noticed(.directory)
      _ = responders.add("any", .task { $0.payload })
      #expect(troubles.codes == [.noChannel])
      #expect(!responders.takes("any"))
    }
  }

  @Test func ofAChannelThatIsClosedSaySo() async throws {
    try await withScratchDirectory { path in
      let troubles = Troubles()
      let channel = try Channel(at: "\(path)/channel", as: .backend, onTrouble: troubles.tell)
      await channel.close()
      channel.respond(to: "any") { (_: Message) in .null }
      #expect(troubles.codes == [.closed])
    }
  }
}
