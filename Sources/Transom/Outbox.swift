// The way of messages out.

internal import ChannelModel
internal import LinuxIO

/// Appends one side's messages to its journal, on the caller's thread as long as nothing has to be waited for.
struct Outbox: Sendable {
  let core: ChannelCore
  let direction: Direction
  let durability: ChannelOptions.Durability
  let timeout: Duration

  /// Told which messages got which ids, before anybody can see them.
  typealias Registration = @Sendable ([Receipt]) -> Void

  /// Appends a batch, whole or not at all, waiting on the calling thread where it must.
  func append(
    _ batch: [Outgoing],
    within limit: Duration? = nil,
    registering: Registration = { _ in }
  ) throws(ChannelError) -> [Receipt] {
    let drafts = try drafts(of: batch)
    return try finish(appendWaiting(drafts, until: deadline(limit), registering))
  }

  /// Appends a batch, whole or not at all; where something must be waited for, a helper thread does.
  func append(
    _ batch: [Outgoing],
    within limit: Duration? = nil,
    registering: @escaping Registration = { _ in }
  ) async throws -> [Receipt] {
    let drafts = try drafts(of: batch)
    guard let attempt = try attempt(drafts, registering) else {
      // From now on, and not from when one of the helpers is free, who may all be waiting for the same.
      let deadline = deadline(limit)
      return try await HelperThreads.shared.run { try finish(appendWaiting(drafts, until: deadline, registering)) }
    }
    guard durability == .power else { return attempt.receipts }
    return try await HelperThreads.shared.run { try finish(attempt) }
  }

  /// Appends without waiting for anything; false where it would have to wait.
  func appendAtOnce(_ batch: [Outgoing]) throws(ChannelError) -> Bool {
    guard durability == .process else { return false }
    return try attempt(try drafts(of: batch)) { _ in } != nil
  }

  // MARK: Parts

  /// Until when a lock or room is waited for; who wants something sooner does not wait longer.
  private func deadline(_ limit: Duration?) -> Moment {
    Watcher.now.advanced(by: min(timeout, limit ?? timeout))
  }

  private struct Accepted: Sendable {
    let receipts: [Receipt]
    let appended: Journal.Appended
    let journal: Journal
  }

  private func drafts(of batch: [Outgoing]) throws(ChannelError) -> [JournalDraft] {
    guard batch.count <= BatchScan.highestMessageCount else {
      throw ChannelError(
        .misuse,
        at: core.path,
        "a batch of \(batch.count) messages; the most is \(BatchScan.highestMessageCount)",
        hint: "send it in parts"
      )
    }
    let now = core.clock()
    var drafts: [JournalDraft] = []
    drafts.reserveCapacity(batch.count)
    for outgoing in batch { drafts.append(try outgoing.draft(at: now, path: core.path)) }
    let byteCount = drafts.reduce(0) { $0 + $1.byteCount }
    guard drafts.count == 1 || byteCount <= BatchScan.highestBatchByteCount else {
      throw ChannelError(
        .tooLarge,
        at: core.path,
        "a batch of \(byteCount) bytes; the most is \(BatchScan.highestBatchByteCount)",
        hint: "send it in parts"
      )
    }
    return drafts
  }

  private func attempt(
    _ drafts: [JournalDraft],
    _ registering: Registration
  ) throws(ChannelError) -> Accepted? {
    try core.withDirection(direction) { (folder) throws(ChannelError) in
      var receipts: [Receipt] = []
      let attempt = try folder.log.tryAppend(drafts) { numbers in
        receipts = self.receipts(for: numbers, in: folder)
        registering(receipts)
      }
      guard case .appended(let appended) = attempt else { return nil }
      return Accepted(receipts: receipts, appended: appended, journal: folder.log)
    }
  }

  private func appendWaiting(
    _ drafts: [JournalDraft],
    until deadline: Moment,
    _ registering: Registration
  ) throws(ChannelError) -> Accepted {
    try core.withDirection(direction) { (folder) throws(ChannelError) in
      var receipts: [Receipt] = []
      let appended = try folder.log.append(drafts, until: deadline) { numbers in
        receipts = self.receipts(for: numbers, in: folder)
        registering(receipts)
      }
      return Accepted(receipts: receipts, appended: appended, journal: folder.log)
    }
  }

  private func finish(_ accepted: Accepted) throws(ChannelError) -> [Receipt] {
    if durability == .power { try accepted.journal.flush(accepted.appended) }
    return accepted.receipts
  }

  private func receipts(for numbers: ClosedRange<SequenceNumber>, in folder: DirectionFolder) -> [Receipt] {
    (numbers.lowerBound.rawValue...numbers.upperBound.rawValue).map { value in
      let number = SequenceNumber(value)
      return Receipt(number, identifier: folder.key.id(of: number, in: direction))
    }
  }
}
