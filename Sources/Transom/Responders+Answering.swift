// How requests are answered.

internal import ChannelMessages
internal import ChannelModel
internal import Synchronization

extension Responders {
  func answer(_ request: Message, _ handler: Handler) {
    switch handler {
    case .inline(let handler):
      sendAtOnce(Self.outcome(of: request) { try handler(request) }, to: request)
    case .task(let handler):
      run(request) { await Self.outcome(of: request) { try await handler(request) } }
    case .later(let handler):
      begin(request)
      handler(request, RequestReply(to: request, by: self))
      // It is on its way, and who asked once will soon ask again.
      core.watcher.foundNews()
    }
  }

  private func sendAtOnce(_ outgoing: Outgoing, to request: Message) {
    do throws(ChannelError) {
      if try !outbox.answerAtOnce(outgoing, to: request.id) { run(request) { outgoing } }
      // Who asked once will soon ask again.
      core.watcher.foundNews()
    } catch {
      if Self.mayPass(error) { return run(request) { outgoing } }
      onTrouble(error)
      if let failure = Self.failure(of: request, inPlaceOf: outgoing, error) { sendAtOnce(failure, to: request) }
    }
  }

  private func run(_ request: Message, _ body: @escaping @Sendable () async -> Outgoing) {
    begin(request)
    Task {
      let outgoing = await Self.$handling.withValue(Handling(self)) { await body() }
      await self.send(outgoing, to: request)
      self.end(request)
    }
  }

  private func begin(_ request: Message) {
    state.withLock { state in
      state.running += 1
      state.runningByteCount += request.heldByteCount
    }
  }

  /// Answers a request that a handler was given some time ago.
  func reply(_ outcome: Result<JSONText, RequestReply.Failure>, to request: Message) {
    switch outcome {
    case .success(let answer): sendAtOnce(.response(to: request.id, answer), to: request)
    case .failure(let failure): sendAtOnce(.failure(of: request.id, failure.description), to: request)
    }
    end(request)
  }

  /// Whether the calling task runs one of these handlers, so that to wait for them would be to wait for itself.
  var isHandling: Bool { Self.handling == Handling(self) }

  /// Known to the tasks that a handler starts as well; those are not it, and may wait for it.
  @TaskLocal private static var handling: Handling?

  private func send(_ outgoing: Outgoing, to request: Message, after pause: Duration = .milliseconds(500)) async {
    do {
      let receipts = try await outbox.append([outgoing])
      for receipt in receipts { outbox.showAnswer(SequenceNumber(receipt.number), to: request.id) }
    } catch let error as ChannelError {
      onTrouble(error)
      if let failure = Self.failure(of: request, inPlaceOf: outgoing, error) { return await send(failure, to: request) }
      guard Self.mayPass(error), isOpen else { return }
      try? await Task.sleep(for: pause)
      if isOpen { await send(outgoing, to: request, after: min(pause * 2, .seconds(2))) }
    } catch {
      // A task of ours that is cancelled: nobody cancels it.
      onTrouble(ChannelError(.closed, at: core.path, "an answer was not sent: \(error)"))
    }
  }

  /// A lock is let go of, and a disk has room again: the answer is kept until then, since nobody would work it out anew.
  private static func mayPass(_ error: ChannelError) -> Bool {
    error.code == .lockTimeout || error.code == .backlogFull || error.code == .system
  }

  private var isOpen: Bool { state.withLock { $0.end == nil } }

  /// What is sent when an answer cannot be: who asked need not wait in vain. Nil when that is no fault of the answer.
  private static func failure(
    of request: Message,
    inPlaceOf outgoing: Outgoing,
    _ error: ChannelError
  ) -> Outgoing? {
    guard error.code == .wouldPoisonPeer || error.code == .tooLarge else { return nil }
    let failure = Outgoing.failure(of: request.id, "the answer cannot be sent: \(error.what)")
    // Nor can that one, when even the request's id is too long.
    return failure == outgoing ? nil : failure
  }

  /// Nothing works on a request any more.
  func end(_ request: Message) {
    let (idlers, wasFull) = state.withLock { state in
      let wasFull = !state.hasRoom
      state.running -= 1
      state.runningByteCount -= request.heldByteCount
      guard state.running == 0 else { return ([CheckedContinuation<Void, Never>](), wasFull) }
      defer { state.idlers = [] }
      return (state.idlers, wasFull)
    }
    for idler in idlers { idler.resume() }
    core.watcher.wakeWaiters()
    // What could not be taken before was left in the journal.
    if wasFull { pumpAll() }
  }

  private static func outcome(of request: Message, _ body: () throws -> JSONText) -> Outgoing {
    do { return .response(to: request.id, try body()) } catch { return failure(of: request, error) }
  }

  private static func outcome(of request: Message, _ body: () async throws -> JSONText) async -> Outgoing {
    do { return .response(to: request.id, try await body()) } catch { return failure(of: request, error) }
  }

  private static func failure(of request: Message, _ error: any Error) -> Outgoing {
    .failure(of: request.id, (error as? ChannelError)?.what ?? "\(error)")
  }
}
