// The way of messages out.

internal import ChannelModel
internal import LinuxIO

/// Appends one side's messages to its journal and shows them to 1.0 programs, on the caller's thread as long as nothing has
/// to be waited for.
struct Outbox: Sendable {
  let core: ChannelCore
  let direction: Direction
  let durability: ChannelOptions.Durability
  let visibility: ChannelOptions.Visibility
  let timeout: Duration

  /// Told which messages got which ids, before anybody can see them.
  typealias Registration = @Sendable ([Receipt]) -> Void

  /// Sends a batch, whole or not at all, waiting on the calling thread where it must.
  func send(_ batch: [Outgoing]) throws(ChannelError) -> [Receipt] {
    let receipts = try append(batch)
    if let last = receipts.last { try show(last, of: receipts) }
    return receipts
  }

  /// Sends one message, waiting on the calling thread where it must.
  func send(_ outgoing: Outgoing) throws(ChannelError) -> Receipt {
    let draft = try outgoing.draft(at: core.clock(), path: core.path)
    let accepted: Accepted
    if durability == .process, let short = try attempt([draft], nil) {
      accepted = short
    } else {
      accepted = try finish(appendWaiting([draft], within: nil, nil))
    }
    let receipt = Receipt(accepted.appended.numbers.lowerBound, ids: accepted.ids)
    try show(receipt, of: [receipt], accepted.appended)
    return receipt
  }

  /// Sends a batch, whole or not at all; where something must be waited for, a helper thread does.
  func send(_ batch: [Outgoing]) async throws -> [Receipt] {
    let receipts = try await append(batch)
    if let last = receipts.last { try await show(last, of: receipts) }
    return receipts
  }

  /// Sends one message; where something must be waited for, a helper thread does.
  func send(_ outgoing: Outgoing) async throws -> Receipt {
    let draft = try outgoing.draft(at: core.clock(), path: core.path)
    let accepted = try await append([draft], within: nil, nil)
    let receipt = Receipt(accepted.appended.numbers.lowerBound, ids: accepted.ids)
    try await show(receipt, of: [receipt], accepted.appended)
    return receipt
  }

  /// Appends a batch, whole or not at all, waiting on the calling thread where it must; it is still to be shown.
  func append(
    _ batch: [Outgoing],
    within limit: Duration? = nil,
    registering: Registration? = nil
  ) throws(ChannelError) -> [Receipt] {
    receipts(for: try finish(appendWaiting(try drafts(of: batch), within: limit, registering)))
  }

  /// Appends a batch, whole or not at all; where something must be waited for, a helper thread does. It is still to be
  /// shown.
  func append(
    _ batch: [Outgoing],
    within limit: Duration? = nil,
    registering: Registration? = nil
  ) async throws -> [Receipt] {
    receipts(for: try await append(try drafts(of: batch), within: limit, registering))
  }

  /// Sends an answer without waiting for anything; false where it would have to wait.
  func answerAtOnce(_ answer: Outgoing, to request: String) throws(ChannelError) -> Bool {
    guard durability == .process, let accepted = try attempt(try drafts(of: [answer]), nil) else { return false }
    showAnswer(accepted.appended.numbers.upperBound, to: request)
    return true
  }

  /// Shows an answer at once to the 1.0 program that asked. An end of ours has it already, and a window for each of its
  /// answers would keep the next request waiting: those are shown together, a little later.
  func showAnswer(_ number: SequenceNumber, to request: String) {
    if core.isOurs(request, in: direction.opposite) {
      core.sent(in: direction)
      core.show(direction, within: Self.answerPause)
    } else {
      showSoon(number)
    }
  }

  private static let answerPause = Duration.milliseconds(20)

  /// Shows a request that is not answered yet. Where ours answer others are late as well, and a window for each would keep
  /// them waiting: those are shown together, before a 1.0 program has looked twice.
  func showRequest(_ number: SequenceNumber, _ patience: AnswerPatience) {
    if patience.isOurs {
      core.sent(in: direction)
      core.show(direction, within: Self.requestPause)
    } else {
      showSoon(number)
    }
  }

  private static let requestPause = Duration.milliseconds(10)

  // MARK: Showing

  /// Shows what was appended, up to its last message, as the channel's options say, waiting on the calling thread.
  private func show(
    _ last: Receipt,
    of receipts: @autoclosure () -> [Receipt],
    _ appended: Journal.Appended? = nil
  ) throws(ChannelError) {
    core.sent(in: direction)
    let number = SequenceNumber(last.number)
    switch visibility {
    case .atOnce:
      do throws(ChannelError) {
        let window = try windowAfterAppending(number)
        try window.projector.show(through: number, appended, until: deadline(nil))
        if durability == .powerWindow { try flush(window, number) }
      } catch {
        throw error.accepting(receipts())
      }
    case .within(let pause): core.show(direction, within: pause)
    }
  }

  /// Shows what was appended, up to its last message, as the channel's options say; where something must be waited for, a
  /// helper thread does.
  private func show(
    _ last: Receipt,
    of receipts: @autoclosure () -> [Receipt],
    _ appended: Journal.Appended? = nil
  ) async throws {
    core.sent(in: direction)
    let number = SequenceNumber(last.number)
    switch visibility {
    case .atOnce:
      do {
        let window = try windowAfterAppending(number)
        try await window.projector.show(through: number, appended, until: deadline(nil))
        if durability == .powerWindow {
          try await HelperThreads.shared.run { try flush(window, number) }
        }
      } catch let error as ChannelError {
        throw error.accepting(receipts())
      }
    case .within(let pause): core.show(direction, within: pause)
    }
  }

  /// Shows what was appended, now or by a helper thread, and tells of what goes wrong as of any trouble: nobody waits for
  /// it.
  func showSoon(_ number: SequenceNumber) {
    core.sent(in: direction)
    do throws(ChannelError) {
      let window = try core.window(direction)
      if try window.projector.showAtOnce(through: number) { return }
      let deadline = deadline(nil)
      Task { [core] in
        do {
          try await window.projector.show(through: number, until: deadline)
        } catch {
          core.options.troubles.tell(error, at: core.path)
        }
      }
    } catch {
      core.options.troubles.tell(error)
    }
  }

  /// Shows what is owed by an earlier send that was to be shown later.
  func showOwed() throws(ChannelError) {
    try core.showOwed(direction, until: deadline(nil))
  }

  private func windowAfterAppending(_ number: SequenceNumber) throws(ChannelError) -> DirectionWindow {
    do throws(ChannelError) {
      return try core.window(direction)
    } catch {
      throw .notProjected(number, error)
    }
  }

  private func flush(_ window: DirectionWindow, _ number: SequenceNumber) throws(ChannelError) {
    do throws(ChannelError) {
      try window.projector.flush()
    } catch {
      throw .notProjected(number, error)
    }
  }

  // MARK: Parts

  /// Until when a lock or room is waited for; who wants something sooner does not wait longer.
  private func deadline(_ limit: Duration?) -> Moment {
    Moment.now.advanced(by: min(timeout, limit ?? timeout))
  }

  private struct Accepted: Sendable {
    let ids: OwnIDs
    let appended: Journal.Appended
    let journal: Journal
  }

  private func drafts(of batch: [Outgoing]) throws(ChannelError) -> [JournalDraft] {
    let (now, path) = (core.clock(), core.path)
    var drafts: [JournalDraft] = []
    drafts.reserveCapacity(batch.count)
    for place in batch.indices {
      drafts.append(try batch[place].draft(at: now, path: path))
    }
    return drafts
  }

  private func append(
    _ drafts: [JournalDraft],
    within limit: Duration?,
    _ registering: Registration?
  ) async throws -> Accepted {
    guard let accepted = try attempt(drafts, registering) else {
      // From now on, and not from when one of the helpers is free, who may all be waiting for the same.
      let deadline = deadline(limit)
      return try await HelperThreads.shared.run { try finish(appendWaiting(drafts, until: deadline, registering)) }
    }
    guard durability != .process else { return accepted }
    do {
      return try await HelperThreads.shared.run { try finish(accepted) }
    } catch let error as ChannelError where error.code != .notFlushed {
      // No helper could be started: the batch stands in the journal all the same.
      throw notFlushed(accepted, error)
    }
  }

  /// Runs with the direction's folder until something is appended: what is thrown up to there left nothing.
  private func withFolder<Result>(
    _ body: (DirectionFolder) throws(ChannelError) -> Result
  ) throws(ChannelError) -> Result {
    do throws(ChannelError) {
      return try core.withDirection(direction, body)
    } catch {
      // The other kinds say it themselves, or leave no doubt.
      guard error.code == .system || error.code == .lockTimeout else { throw error }
      throw ChannelError(error.code, at: error.path, error.what, hint: "nothing was sent; \(error.hint)")
    }
  }

  /// The short way of nearly every message: nil where something has to be waited for.
  private func attempt(
    _ drafts: [JournalDraft],
    _ registering: Registration?
  ) throws(ChannelError) -> Accepted? {
    try withFolder { (folder) throws(ChannelError) in
      let ids = OwnIDs(key: folder.key, direction: direction)
      let attempt = try folder.log.tryAppend(drafts) { registering?(Self.receipts(for: $0, ids)) }
      guard case .appended(let appended) = attempt else { return nil }
      return Accepted(ids: ids, appended: appended, journal: folder.log)
    }
  }

  private func appendWaiting(
    _ drafts: [JournalDraft],
    within limit: Duration?,
    _ registering: Registration?
  ) throws(ChannelError) -> Accepted {
    // Mostly it is done at once, and no deadline is asked for.
    if let accepted = try attempt(drafts, registering) { return accepted }
    return try appendWaiting(drafts, until: deadline(limit), registering)
  }

  private func appendWaiting(
    _ drafts: [JournalDraft],
    until deadline: Moment,
    _ registering: Registration?
  ) throws(ChannelError) -> Accepted {
    try withFolder { (folder) throws(ChannelError) in
      let ids = OwnIDs(key: folder.key, direction: direction)
      let appended = try folder.log.append(drafts, until: deadline) { registering?(Self.receipts(for: $0, ids)) }
      return Accepted(ids: ids, appended: appended, journal: folder.log)
    }
  }

  private func finish(_ accepted: Accepted) throws(ChannelError) -> Accepted {
    guard durability != .process else { return accepted }
    do throws(ChannelError) {
      try accepted.journal.flush(accepted.appended)
    } catch {
      throw error.code == .notFlushed ? error.accepting(receipts(for: accepted)) : notFlushed(accepted, error)
    }
    return accepted
  }

  /// What is thrown once a batch was appended: readers may have it, so it must not look unsent.
  private func notFlushed(_ accepted: Accepted, _ error: ChannelError) -> ChannelError {
    let numbers = accepted.appended.numbers
    let name =
      numbers.lowerBound == numbers.upperBound
      ? "message \(numbers.lowerBound.rawValue)"
      : "messages \(numbers.lowerBound.rawValue) to \(numbers.upperBound.rawValue)"
    return ChannelError(
      .notFlushed,
      at: error.path,
      "accepted as \(name), but may not survive a power loss: \(error.what)"
    ).accepting(receipts(for: accepted))
  }

  private func receipts(for accepted: Accepted) -> [Receipt] {
    Self.receipts(for: accepted.appended.numbers, accepted.ids)
  }

  private static func receipts(for numbers: ClosedRange<SequenceNumber>, _ ids: OwnIDs) -> [Receipt] {
    (numbers.lowerBound.rawValue...numbers.upperBound.rawValue).map { Receipt(SequenceNumber($0), ids: ids) }
  }
}
