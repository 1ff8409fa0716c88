// Which requests were run, so that none is run twice.

internal import ChannelMessages
package import ChannelModel
package import Transom

/// Remembers each request from before its handler runs until its outcome expires.
///
/// To be used from one thread at a time, or from within one actor; it is not sendable. A turn of the daemon's loop
/// calls `begin` and `settle` for whatever came, which touch only memory, and then `commit` once: handlers that were
/// begun start and answers that were settled are sent when that has returned, not before.
///
/// What was committed survives the end of the process; so nothing that has begun or settled is ever fresh again, but
/// for what was running and may be repeated, and for what has expired.
package final class RequestLedger {
  private let database: Database
  private let options: LedgerOptions
  private let hashKey: SipHash.Key
  private let insert: Connection.Statement
  private let update: Connection.Statement
  private let remove: Connection.Statement
  private let select: Connection.Statement
  private let expire: Connection.Statement

  /// Every request that is known. The numbers are those of the rows, in the order of beginning.
  private var entries: [RequestKey: Entry] = [:]
  /// What is to be written with the next commit.
  private var staged: [Step] = []
  private var lastNumber: UInt64 = 0
  /// How many bytes the outcomes that are in the database hold.
  private var byteCount = 0

  /// How many requests one call of `expire` takes away at most.
  private static let bite = 64

  private enum State: UInt64 {
    case running, result, error, interrupted
  }

  /// Sixteen bytes less than it would be as two fields; there may be many.
  private struct Entry {
    private let bits: UInt64

    init(_ number: UInt64, _ state: State) { bits = number << 2 | state.rawValue }

    var number: UInt64 { bits >> 2 }
    var state: State { State(rawValue: bits & 3) ?? .running }
  }

  private enum Step {
    case begin(RequestRun, handler: String, isRepeatable: Bool, WallTime)
    case settle(RequestRun, RequestOutcome, WallTime)
    case withdraw(RequestRun)
  }

  init(_ database: Database, _ options: LedgerOptions, now: WallTime) throws(ChannelError) {
    self.database = database
    self.options = options
    insert = try database.statement(
      "INSERT INTO requests(number, high, low, state, repeatable, begun, handler) VALUES(?1, ?2, ?3, 0, ?4, ?5, ?6)"
    )
    update = try database.statement("UPDATE requests SET state = ?2, settled = ?3, outcome = ?4 WHERE number = ?1")
    remove = try database.statement("DELETE FROM requests WHERE number = ?1")
    select = try database.statement("SELECT state, outcome FROM requests WHERE number = ?1")
    expire = try database.statement(
      """
      DELETE FROM requests WHERE number IN (
        SELECT number FROM (SELECT number, settled FROM requests WHERE state != 0 ORDER BY number LIMIT ?1)
        WHERE settled <= ?2
      ) RETURNING number, high, low, length(outcome)
      """
    )
    let key = try database.statement("SELECT value FROM facts WHERE name = 'request hash key'")
    guard try key.next(), let hashKey = SipHash.Key(key.bytes(0)) else {
      throw .damagedLedger("lacks the key by which requests are known", at: database.path)
    }
    key.reset()
    self.hashKey = hashKey
    try load(now)
  }

  /// How many requests are known.
  package var count: Int { entries.count }

  /// What the requests of a channel's direction are known by. `channel` names it for good: where one may be deleted and
  /// another made at its path, it says which.
  package func scope(of channel: String, _ direction: Direction) -> RequestKey.Scope {
    RequestKey.Scope(channel, direction, hashKey)
  }

  // MARK: A turn

  /// Begins a request, unless it is known. What is fresh is so once: whoever asks again is told that it runs.
  package func begin(
    _ key: RequestKey,
    handler: String,
    isRepeatable: Bool = false,
    now: WallTime
  ) throws(ChannelError) -> RequestBeginning {
    if let entry = entries[key] { return try told(of: entry, key) }
    lastNumber += 1
    let run = RequestRun(key: key, number: lastNumber)
    entries[key] = Entry(run.number, .running)
    staged.append(.begin(run, handler: handler, isRepeatable: isRepeatable, now))
    return .fresh(run)
  }

  /// Records how a request ended. One that is not running any more stays as it is.
  package func settle(_ run: RequestRun, _ outcome: RequestOutcome, now: WallTime) {
    guard let entry = entries[run.key], entry.number == run.number, entry.state == .running else { return }
    entries[run.key] = Entry(run.number, Self.state(of: outcome))
    staged.append(.settle(run, outcome, now))
  }

  /// Forgets a request that was begun and that nothing has worked on: it may come again as if it never had.
  package func withdraw(_ run: RequestRun) {
    guard let entry = entries[run.key], entry.number == run.number, entry.state == .running else { return }
    entries[run.key] = nil
    staged.append(.withdraw(run))
  }

  /// Writes what was begun and settled since the last call: one statement for each, and all at once.
  ///
  /// When it throws, what was begun since is forgotten, as if it had never come: its handlers must not start, and who
  /// was told in this turn that one of them runs waits in vain. What was settled is kept, and written with the next
  /// call that succeeds; its answers are sent then.
  package func commit() throws(ChannelError) {
    guard let first = staged.first else { return }
    do throws(ChannelError) {
      if staged.count == 1 {
        try database.change { () throws(ChannelError) in try write(first) }
      } else {
        try database.transaction { () throws(ChannelError) in
          for step in staged { try write(step) }
        }
      }
    } catch {
      withdrawBegun()
      throw error
    }
    for case .settle(_, let outcome, _) in staged { byteCount += outcome.byteCount }
    staged.removeAll(keepingCapacity: true)
  }

  private func write(_ step: Step) throws(ChannelError) {
    switch step {
    case .begin(let run, let handler, let isRepeatable, let now):
      insert.bind(1, run.number)
      insert.bind(2, run.key.high)
      insert.bind(3, run.key.low)
      insert.bind(4, isRepeatable ? 1 : 0)
      insert.bind(5, now.milliseconds)
      insert.bind(6, handler)
      try insert.run()
    case .settle(let run, let outcome, let now):
      update.bind(1, run.number)
      update.bind(2, Self.state(of: outcome).rawValue)
      update.bind(3, now.milliseconds)
      switch outcome {
      case .result(let value): update.bind(4, value.bytes)
      case .error(let text): update.bind(4, bytesOf: text)
      }
      try update.run()
    case .withdraw(let run):
      remove.bind(1, run.number)
      try remove.run()
    }
  }

  private func withdrawBegun() {
    var withdrawn: Set<RequestRun> = []
    for case .begin(let run, _, _, _) in staged {
      entries[run.key] = nil
      withdrawn.insert(run)
    }
    staged.removeAll { step in
      switch step {
      case .begin: true
      case .settle(let run, _, _), .withdraw(let run): withdrawn.contains(run)
      }
    }
  }

  private static func state(of outcome: RequestOutcome) -> State {
    switch outcome {
    case .result: .result
    case .error: .error
    }
  }

  // MARK: What is known

  private func told(of entry: Entry, _ key: RequestKey) throws(ChannelError) -> RequestBeginning {
    switch entry.state {
    case .running: .running
    case .interrupted: .interrupted
    case .result, .error: .settled(try outcome(of: entry))
    }
  }

  private func outcome(of entry: Entry) throws(ChannelError) -> RequestOutcome {
    for case .settle(let run, let outcome, _) in staged where run.number == entry.number { return outcome }
    select.bind(1, entry.number)
    defer { select.reset() }
    guard try select.next(), let state = State(rawValue: select.bits(0)), state == entry.state else {
      throw .damagedLedger("lacks the outcome of a request that was settled", at: database.path)
    }
    return state == .error ? .error(select.text(1)) : .result(JSONText(trusted: select.bytes(1)))
  }

  /// Learns what is in the database. What was running is interrupted, or forgotten where it may be repeated.
  private func load(_ now: WallTime) throws(ChannelError) {
    let all = try database.statement(
      "SELECT number, high, low, state, repeatable, length(outcome) FROM requests ORDER BY number"
    )
    entries.reserveCapacity(1_024)
    var isAnyRunning = false
    while try all.next() {
      let number = all.bits(0)
      lastNumber = number
      byteCount += Int(all.integer(5))
      var state = State(rawValue: all.bits(3)) ?? .interrupted
      if state == .running {
        isAnyRunning = true
        if all.integer(4) != 0 { continue }
        state = .interrupted
      }
      entries[RequestKey(high: all.bits(1), low: all.bits(2))] = Entry(number, state)
    }
    guard isAnyRunning else { return }
    try database.transaction { () throws(ChannelError) in
      try database.statement("DELETE FROM requests WHERE state = 0 AND repeatable != 0").run()
      let interrupt = try database.statement("UPDATE requests SET state = 3, settled = ?1 WHERE state = 0")
      interrupt.bind(1, now.milliseconds)
      try interrupt.run()
    }
  }

  // MARK: Expiry

  /// Forgets a few of the oldest requests that are over their age, or that there is no room for; whether there may be
  /// more of them. What runs is never forgotten.
  package func expire(now: WallTime) throws(ChannelError) -> Bool {
    let excess = entries.count - options.requestLimit
    if excess > 0 { return try forget(min(Self.bite, excess), settledUntil: .max) > 0 }
    // A few at a time: each may hold a lot, or nothing.
    if byteCount > options.requestByteLimit { return try forget(8, settledUntil: .max) > 0 }
    let age = options.requestAge.wholeNanoseconds / 1_000_000
    guard now.milliseconds >= age else { return false }
    return try forget(Self.bite, settledUntil: Int64(clamping: now.milliseconds - age)) == Self.bite
  }

  private func forget(_ limit: Int, settledUntil end: Int64) throws(ChannelError) -> Int {
    var forgotten: [RequestRun] = []
    var bytes = 0
    try database.change { () throws(ChannelError) in
      expire.bind(1, limit)
      expire.bind(2, end)
      while try expire.next() {
        let key = RequestKey(high: expire.bits(1), low: expire.bits(2))
        forgotten.append(RequestRun(key: key, number: expire.bits(0)))
        bytes += Int(expire.integer(3))
      }
    }
    // One whose commit failed may be there all the same, and have come again since.
    for run in forgotten where entries[run.key]?.number == run.number { entries[run.key] = nil }
    byteCount -= bytes
    return forgotten.count
  }
}

@available(*, unavailable)
extension RequestLedger: Sendable {}
