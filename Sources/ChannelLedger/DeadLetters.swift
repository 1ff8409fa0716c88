// Messages that failed for good, kept until somebody looks at them.

internal import ChannelMessages
package import ChannelModel
package import Transom

/// The dead letters. To be used from one thread at a time, or from within one actor; it is not sendable.
///
/// Each call is written when it returns.
package final class DeadLetters {
  /// What an id, or the beginning of one, leads to.
  package enum Found: Sendable, Hashable {
    case nothing
    case one(DeadLetter)
    /// Some of those that it may mean.
    case several([DeadLetter])
  }

  /// What came of taking a letter to send it again.
  package enum Taken: Sendable, Hashable {
    case letter(DeadLetter, [UInt8])
    /// Somebody is about to send it.
    case alreadyTaken
    case missing
  }

  private let database: Database
  private let options: LedgerOptions
  private let told: (LedgerNotice) -> Void
  private let insert: Connection.Statement
  private let selectPage: Connection.Statement
  private let selectByID: Connection.Statement
  private let selectOne: Connection.Statement
  private let delete: Connection.Statement
  private let deleteOldest: Connection.Statement
  private let deleteSelected: Connection.Statement
  private let countDropped: Connection.Statement

  package private(set) var count = 0
  /// How many bytes their messages hold.
  package private(set) var byteCount = 0
  /// How many letters went because there was room for no more, ever since the database was made.
  package private(set) var droppedCount = 0
  private var lastNumber: UInt64 = 0
  private var taken: Set<UInt64> = []

  private static let columns = """
    number, channel, direction, id, sequence, kind, method, reason, attempts, first_time, first_error, last_time,
    last_error, length(message)
    """
  private static let isSelected = "(?1 IS NULL OR channel = ?1) AND (?2 IS NULL OR method = ?2)"

  init(
    _ database: Database,
    _ options: LedgerOptions,
    told: @escaping (LedgerNotice) -> Void
  ) throws(ChannelError) {
    self.database = database
    self.options = options
    self.told = told
    insert = try database.statement(
      """
      INSERT INTO letters(channel, direction, id, sequence, kind, method, reason, attempts,
        first_time, first_error, last_time, last_error, message)
      VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?9, ?10, ?11)
      ON CONFLICT(id, channel, direction) DO UPDATE SET reason = excluded.reason,
        attempts = attempts + excluded.attempts, last_time = excluded.last_time, last_error = excluded.last_error
      RETURNING number
      """
    )
    let select = "SELECT \(Self.columns)"
    selectPage = try database.statement(
      "\(select) FROM letters WHERE \(Self.isSelected) AND number < ?3 ORDER BY number DESC LIMIT ?4"
    )
    // 255 stands in no UTF-8, so that all which begin alike lie before it.
    selectByID = try database.statement(
      "\(select) FROM letters WHERE id >= ?1 AND id < CAST(?1 || x'FF' AS BLOB) ORDER BY id, number LIMIT ?2"
    )
    selectOne = try database.statement("\(select), message FROM letters WHERE number = ?1")
    delete = try database.statement("DELETE FROM letters WHERE number = ?1 RETURNING length(message)")
    deleteOldest = try database.statement(
      """
      DELETE FROM letters WHERE number = (SELECT min(number) FROM letters WHERE number != ?1)
      RETURNING length(message)
      """
    )
    deleteSelected = try database.statement(
      "DELETE FROM letters WHERE \(Self.isSelected) RETURNING length(message), number"
    )
    countDropped = try database.statement("UPDATE facts SET value = value + ?1 WHERE name = 'letters dropped'")
    let totals = try database.statement(
      """
      SELECT count(*), coalesce(sum(length(message)), 0), coalesce(max(number), 0),
        (SELECT value FROM facts WHERE name = 'letters dropped') FROM letters
      """
    )
    guard try totals.next() else { return }
    count = Int(totals.integer(0))
    byteCount = Int(totals.integer(1))
    lastNumber = totals.bits(2)
    droppedCount = Int(totals.integer(3))
    totals.reset()
  }

  // MARK: Adding

  /// Keeps a message that failed. One whose letter is there already, by its channel, direction and id, brings that one
  /// up to date: its attempts are added, its failure is the last one.
  ///
  /// The oldest letters go where there is room for no more; this one never does.
  ///
  /// - Returns: The letter's number.
  @discardableResult
  package func add(_ message: FailedMessage) throws(ChannelError) -> UInt64 {
    let number = try database.change { () throws(ChannelError) in try write(message) }
    // It failed again, whoever had taken it: there is still something to keep.
    taken.remove(number)
    if number > lastNumber {
      lastNumber = number
      count += 1
      byteCount += message.bytes.count
      // This one is there in any case; the next one makes room as well.
      try? makeRoom(sparing: number)
    }
    return number
  }

  private func write(_ message: FailedMessage) throws(ChannelError) -> UInt64 {
    insert.bind(1, message.channel)
    insert.bind(2, Int(message.direction.rawValue))
    insert.bind(3, bytesOf: message.id)
    insert.bind(4, message.sequence.rawValue)
    insert.bind(5, message.kind.rawValue)
    insert.bind(6, message.method)
    insert.bind(7, message.reason.rawValue)
    insert.bind(8, message.attempts)
    insert.bind(9, message.failure.time.milliseconds)
    insert.bind(10, message.failure.error)
    insert.bind(11, message.bytes)
    var number: UInt64 = 0
    while try insert.next() { number = insert.bits(0) }
    return number
  }

  private func makeRoom(sparing number: UInt64) throws(ChannelError) {
    var (dropped, bytes) = (0, 0)
    func isOver() -> Bool {
      count - dropped > options.letterLimit || byteCount - bytes > options.letterByteLimit
    }
    guard isOver(), count > 1 else { return }
    try database.transaction { () throws(ChannelError) in
      while isOver(), count - dropped > 1 {
        deleteOldest.bind(1, number)
        while try deleteOldest.next() { bytes += Int(deleteOldest.integer(0)) }
        dropped += 1
      }
      countDropped.bind(1, dropped)
      try countDropped.run()
    }
    count -= dropped
    byteCount -= bytes
    droppedCount += dropped
    told(.lettersDropped(dropped))
  }

  // MARK: Looking

  /// Letters, the newest first; `after` is the number of the last one that was seen.
  package func list(
    _ selection: LetterSelection = LetterSelection(),
    after: UInt64? = nil,
    limit: Int = 100
  ) throws(ChannelError) -> [DeadLetter] {
    selectPage.bind(1, selection.channel)
    selectPage.bind(2, selection.method)
    selectPage.bind(3, after.map(Int64.init(clamping:)) ?? .max)
    selectPage.bind(4, limit)
    return try letters(selectPage)
  }

  /// The letter of a message, by its id or by what only its id begins with.
  package func find(_ id: String) throws(ChannelError) -> Found {
    selectByID.bind(1, bytesOf: id)
    selectByID.bind(2, 16)
    let letters = try letters(selectByID)
    // Ids that are the same stand before those that go on.
    let exact = letters.filter { Array($0.id.utf8) == Array(id.utf8) }
    let meant = exact.isEmpty ? letters : exact
    return switch meant.count {
    case 0: .nothing
    case 1: .one(meant[0])
    default: .several(meant)
    }
  }

  /// A message's exact bytes; nil when there is no such letter.
  package func bytes(of number: UInt64) throws(ChannelError) -> [UInt8]? {
    try read(number)?.bytes
  }

  private func read(_ number: UInt64) throws(ChannelError) -> (letter: DeadLetter, bytes: [UInt8])? {
    selectOne.bind(1, number)
    defer { selectOne.reset() }
    return try selectOne.next() ? (try letter(selectOne), selectOne.bytes(14)) : nil
  }

  private func letters(_ statement: Connection.Statement) throws(ChannelError) -> [DeadLetter] {
    defer { statement.reset() }
    var letters: [DeadLetter] = []
    while try statement.next() { letters.append(try letter(statement)) }
    return letters
  }

  private func letter(_ row: Connection.Statement) throws(ChannelError) -> DeadLetter {
    guard let direction = Direction(rawValue: UInt8(truncatingIfNeeded: row.integer(2))),
      let kind = MessageKind(rawValue: row.text(5)), let reason = DeadLetter.Reason(rawValue: row.text(7))
    else {
      throw .damagedLedger("holds a dead letter that makes no sense, number \(row.integer(0))", at: database.path)
    }
    return DeadLetter(
      number: row.bits(0),
      channel: row.text(1),
      direction: direction,
      id: row.text(3),
      sequence: SequenceNumber(row.bits(4)),
      kind: kind,
      method: row.isNothing(6) ? nil : row.text(6),
      reason: reason,
      attempts: row.bits(8),
      first: DeadLetter.Failure(row.text(10), at: WallTime(milliseconds: row.bits(9))),
      last: DeadLetter.Failure(row.text(12), at: WallTime(milliseconds: row.bits(11))),
      byteCount: Int(row.integer(13))
    )
  }

  // MARK: Sending again, and dropping

  /// Takes a letter to send its message again. It stays until `finish` says that it was sent, and is there again after
  /// a restart; nobody else can take it before.
  package func take(_ number: UInt64) throws(ChannelError) -> Taken {
    if taken.contains(number) { return .alreadyTaken }
    guard let (letter, bytes) = try read(number) else { return .missing }
    taken.insert(number)
    return .letter(letter, bytes)
  }

  /// Removes a letter that was taken and sent again, or leaves it. One that has failed again meanwhile stays in any
  /// case.
  package func finish(_ number: UInt64, wasSent: Bool) throws(ChannelError) {
    guard taken.contains(number) else { return }
    if wasSent { try drop(number) }
    taken.remove(number)
  }

  /// Removes a letter; false when there is none of this number.
  @discardableResult
  package func drop(_ number: UInt64) throws(ChannelError) -> Bool {
    delete.bind(1, number)
    return try remove(delete) > 0
  }

  /// Removes all that are meant; tells how many they were.
  @discardableResult
  package func drop(_ selection: LetterSelection) throws(ChannelError) -> Int {
    deleteSelected.bind(1, selection.channel)
    deleteSelected.bind(2, selection.method)
    return try remove(deleteSelected)
  }

  private func remove(_ statement: Connection.Statement) throws(ChannelError) -> Int {
    var (removed, bytes) = (0, 0)
    try database.change { () throws(ChannelError) in
      while try statement.next() {
        removed += 1
        bytes += Int(statement.integer(0))
      }
    }
    count -= removed
    byteCount -= bytes
    return removed
  }
}

@available(*, unavailable)
extension DeadLetters: Sendable {}
