// Asking several things at once.

internal import ChannelModel

extension Channel {
  /// Sends several requests by one append, all of them or none. Whoever has many at one moment writes once, and wakes the
  /// other side once.
  ///
  /// - Returns: What waits for the answers, in the order of the questions.
  /// - Throws: ``ChannelError``: why nothing was sent.
  package func ask(_ questions: [Question]) async throws -> [SentRequest] {
    try checkMayWrite("to ask")
    try requests.prepare()
    let now = Moment.now
    let answers = questions.map { _ in PendingAnswer() }
    let receipts: [Receipt]
    do {
      receipts = try await outbox.append(
        questions.map { .request($0.method, $0.payload, fields: $0.fields) },
        within: questions.map(\.timeout).min()
      ) { [requests, path] receipts in
        for (place, receipt) in receipts.enumerated() {
          let question = questions[place]
          let deadline = now.advanced(by: question.timeout)
          requests.register(receipt.identifier, answers[place], since: now, until: deadline) {
            Self.timedOut(question.method, question.timeout, at: path, receipt)
          }
        }
      }
    } catch {
      for answer in answers { requests.abandon(answer) }
      throw error
    }
    let showing = SentRequest.Showing(
      core.watcher.schedule(at: Moment.now.advanced(by: requests.patience.duration)) { [outbox, requests] in
        guard let last = answers.lastIndex(where: { $0.outcome == nil }) else { return }
        outbox.showRequest(SequenceNumber(receipts[last].number), requests.patience)
      }
    )
    return receipts.indices.map { SentRequest(self, receipts[$0].identifier, answers[$0], showing) }
  }
}
