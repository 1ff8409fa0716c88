// Asking the other side something.

public import ChannelMessages
internal import ChannelModel

extension Channel {
  /// Asks the other side, and waits for its answer.
  ///
  /// Any number of requests may be under way at once. When the time is up only the waiting ends: the other side may still
  /// work on it, and an answer that comes later is found among the ``messages``.
  ///
  /// - Parameters:
  ///   - method: What is asked for.
  ///   - payload: What it needs.
  ///   - timeout: How long to wait for the answer.
  /// - Returns: The answer's payload.
  /// - Throws: ``ChannelError``: ``ChannelError/Code/answeredWithError`` with the other side's words,
  ///   ``ChannelError/Code/timedOut``, why nothing was sent, or that it was sent and no answer can be read;
  ///   `CancellationError` when the task was cancelled.
  public func request(
    _ method: String,
    _ payload: JSONText = .null,
    timeout: Duration = .seconds(5)
  ) async throws -> JSONText {
    try await request(method, payload, fields: [], timeout: timeout)
  }

  /// The same, with keys of the caller's in the request.
  package func request(
    _ method: String,
    _ payload: JSONText,
    fields: [MessageField],
    timeout: Duration
  ) async throws -> JSONText {
    let (answer, registration) = try prepare(method, timeout)
    let receipts: [Receipt]
    do {
      receipts = try await outbox.append(
        [.request(method, payload, fields: fields)],
        within: timeout,
        registering: registration
      )
    } catch {
      requests.abandon(answer)
      throw error
    }
    let showing = showUnlessAnswered(receipts[0], answer)
    defer { showing.cancel() }
    let message: Message
    do {
      message = try await answer.value()
    } catch {
      // The task may have been cancelled, and then it is still waited for.
      requests.abandon(receipts[0].identifier)
      throw error
    }
    return try result(message)
  }

  /// Asks the other side, blocking the calling thread until the answer is there.
  public func request(
    _ method: String,
    _ payload: JSONText = .null,
    timeout: Duration = .seconds(5)
  ) throws -> JSONText {
    trapOnWatcherThread()
    let (answer, registration) = try prepare(method, timeout)
    let receipts: [Receipt]
    do {
      receipts = try outbox.append([.request(method, payload)], within: timeout, registering: registration)
    } catch {
      requests.abandon(answer)
      throw error
    }
    let showing = showUnlessAnswered(receipts[0], answer)
    defer { showing.cancel() }
    // It ends by its own deadline, which finishes the answer.
    _ = core.watcher.wait(until: nil) { answer.outcome != nil }
    guard let outcome = answer.outcome else { throw closedWhileWaiting }
    return try result(outcome.get())
  }

  /// Asks the other side with a value of yours, and waits for its answer as JSON.
  public func request(
    _ method: String,
    _ payload: some Encodable,
    timeout: Duration = .seconds(5)
  ) async throws -> JSONText {
    try await request(method, try JSONText(encoding: payload), timeout: timeout)
  }

  /// Asks the other side with a value of yours, blocking the calling thread until the answer is there.
  public func request(
    _ method: String,
    _ payload: some Encodable,
    timeout: Duration = .seconds(5)
  ) throws -> JSONText {
    try request(method, try JSONText(encoding: payload), timeout: timeout)
  }

  /// Asks the other side, and waits for its answer as a value of yours.
  public func request<Answer: Decodable>(
    _ method: String,
    _ payload: JSONText = .null,
    timeout: Duration = .seconds(5)
  ) async throws -> Answer {
    let answer: JSONText = try await request(method, payload, timeout: timeout)
    return try answer.decode()
  }

  /// Asks the other side, blocking the calling thread until the answer is there as a value of yours.
  public func request<Answer: Decodable>(
    _ method: String,
    _ payload: JSONText = .null,
    timeout: Duration = .seconds(5)
  ) throws -> Answer {
    let answer: JSONText = try request(method, payload, timeout: timeout)
    return try answer.decode()
  }

  /// Asks the other side with a value of yours, and waits for its answer as a value of yours.
  public func request<Answer: Decodable>(
    _ method: String,
    _ payload: some Encodable,
    timeout: Duration = .seconds(5)
  ) async throws -> Answer {
    let answer: JSONText = try await request(method, try JSONText(encoding: payload), timeout: timeout)
    return try answer.decode()
  }

  /// Asks the other side with a value of yours, blocking the calling thread until the answer is there as a value of yours.
  public func request<Answer: Decodable>(
    _ method: String,
    _ payload: some Encodable,
    timeout: Duration = .seconds(5)
  ) throws -> Answer {
    let answer: JSONText = try request(method, try JSONText(encoding: payload), timeout: timeout)
    return try answer.decode()
  }

  // MARK: Parts

  private func prepare(
    _ method: String,
    _ timeout: Duration
  ) throws(ChannelError) -> (answer: PendingAnswer, registration: Outbox.Registration) {
    try checkMayWrite("to ask")
    try requests.prepare()
    let answer = PendingAnswer()
    let now = Moment.now
    return (
      answer,
      { [requests, path] receipts in
        requests.register(receipts[0].identifier, answer, since: now, until: now.advanced(by: timeout)) {
          Self.timedOut(method, timeout, at: path, receipts[0])
        }
      }
    )
  }

  static func timedOut(_ method: String, _ timeout: Duration, at path: String, _ receipt: Receipt) -> ChannelError {
    ChannelError(.timedOut, at: path, "no answer to \"\(method)\" within \(DurationText.text(timeout))").accepting([
      receipt
    ])
  }

  /// Another end of ours answers sooner than a window could be written; only when none does is the request shown to 1.0
  /// programs.
  private func showUnlessAnswered(_ receipt: Receipt, _ answer: PendingAnswer) -> Watcher.Timer {
    core.watcher.schedule(at: Moment.now.advanced(by: requests.patience.duration)) { [outbox, requests] in
      if answer.outcome == nil { outbox.showRequest(SequenceNumber(receipt.number), requests.patience) }
    }
  }

  func result(_ message: Message) throws -> JSONText {
    if let reason = message.error { throw ChannelError(.answeredWithError, at: path, reason) }
    return message.payload
  }

  private var closedWhileWaiting: ChannelError {
    ChannelError(.closed, at: path, "the channel was closed while an answer was waited for")
  }
}
