// What transom respond does with a URL.

internal import ChannelCommands
internal import ChannelMessages
internal import ChannelModel
internal import Synchronization
internal import Transom

/// Answers what whoever listens at an address asks, by running a command.
enum SocketResponding {
  /// So many requests are under way or wait for their turn; others are not read yet.
  private static let mostAtOnce = 256
  /// So long the other end may take to read the last answers.
  private static let partingTime = Duration.seconds(2)

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let conversation = try SocketConversation(invocation, around, refusing: nil) { $0.kind == .request }
    let printing = Mutex<(any Error)?>(nil)
    let jobs = try CommandJobs(invocation, around) { error in
      printing.withLock { $0 = $0 ?? error }
      Task { await conversation.close() }
    }
    around.interruption.beforeEnd {
      jobs.end()
      Blocking.wait { await conversation.close() }
    }
    if invocation.has(.json) { around.interruption.endWithReader(of: around.output) }
    try Blocking.wait { () throws(ChannelError) in try await conversation.connect() }
    let patterns = invocation.texts(.method)
    let what = patterns.isEmpty ? "all requests" : "requests for \(patterns.joined(separator: ", "))"
    around.say("answering \(what) of \(conversation.address)")
    let known = patterns.map(MethodPattern.init)
    Blocking.wait {
      await answer(conversation, jobs) { method in known.isEmpty || known.contains { $0.matches(method) } }
    }
    around.interruption.parkIfEnding()
    jobs.end()
    if let error = printing.withLock({ $0 }) { throw error }
    _ = try Blocking.wait { () throws(ChannelError) in try await conversation.leave(within: partingTime) }
    throw ChannelError.left(conversation.address)
  }

  /// Answers until nothing more comes, and all that came is answered.
  private static func answer(
    _ conversation: SocketConversation,
    _ jobs: CommandJobs,
    where isKnown: @escaping @Sendable (String) -> Bool
  ) async {
    let turns = Turns(limit: mostAtOnce)
    await withDiscardingTaskGroup { group in
      while true {
        let requests = await conversation.next(until: nil)
        if requests.isEmpty { return }
        for request in requests {
          await turns.enter()
          group.addTask {
            let answer = await answer(request, isKnown(request.method ?? "") ? jobs : nil)
            // Whoever has left learns nothing more.
            _ = try? await conversation.write([answer])
            turns.leave()
          }
        }
      }
    }
  }

  private static func answer(_ request: Message, _ jobs: CommandJobs?) async -> Message {
    guard let jobs else {
      return SocketConversation.message(.response, replyTo: request.id, error: "nobody answers this method here")
    }
    do {
      return SocketConversation.message(.response, nil, try await jobs.answer(request), replyTo: request.id)
    } catch {
      return SocketConversation.message(.response, replyTo: request.id, error: "\(error)")
    }
  }
}
