// The ledger's file: found, or made, or moved aside; and when its log is written back.

internal import ChannelModel
internal import LinuxIO
internal import Transom

/// A database that one process has to itself.
///
/// To be used from one thread at a time, or from within one actor: it is not sendable, nor is anything that comes from
/// it.
///
/// A commit that returned survives the end of the process at any instant: it is in the kernel's page cache. A power
/// loss may cost the commits since the log was written back last, all or the newest of them, and never more; with
/// `Durability.power` it costs none, and each commit waits for the disk.
final class Database {
  let path: String
  private let name: String
  private let folder: Directory
  private let stamp: FileStamp?
  private let connection: Connection
  private let begin: Connection.Statement
  private let end: Connection.Statement
  private let undo: Connection.Statement
  /// The last to go: the connection is closed before another may open it.
  private let lock: FileLock

  /// From so many pages on the log is written back when there is time.
  private static let tendedLog = 1_000
  /// From so many on it is written back at once: nobody has taken the time.
  private static let highestLog = 4_000

  /// Opens the database of this name in a folder of ours, or makes it.
  ///
  /// One that is damaged is moved aside, with all that belongs to it, and another is begun; `told` hears of it.
  ///
  /// - Throws: A `ChannelError` when another process has it (`lockTimeout`), when it is another program's (`refused`)
  ///   or of a newer version (`newerFormat`), and when the system fails.
  init(
    _ name: String,
    in folder: Directory,
    schema: Schema,
    durability: LedgerOptions.Durability,
    now: WallTime,
    told: (LedgerNotice) -> Void
  ) throws(ChannelError) {
    path = folder.path(of: name)
    self.name = name
    self.folder = folder
    // Before anything of the file is touched: it may be moved aside, and must not be so under somebody's hands. And to
    // close a descriptor of the file would take away the locks that SQLite has on it in this process.
    lock = try Self.lock(name + ".lock", in: folder)
    do throws(ChannelError) {
      connection = try Self.open(name, in: folder, schema, durability)
    } catch let error where error.code == .damaged {
      let aside = try Self.moveAside(name, in: folder, now)
      told(.movedAside(to: folder.path(of: aside), because: error.what))
      connection = try Self.open(name, in: folder, schema, durability)
    }
    stamp = try Self.stamp(of: name, in: folder)
    begin = try Connection.Statement("BEGIN IMMEDIATE", connection)
    end = try Connection.Statement("COMMIT", connection)
    undo = try Connection.Statement("ROLLBACK", connection)
  }

  // MARK: Use

  func statement(_ text: String) throws(ChannelError) -> Connection.Statement {
    try Connection.Statement(text, connection)
  }

  /// Carries out what changes the database by a single statement.
  func change<Result>(_ body: () throws(ChannelError) -> Result) throws(ChannelError) -> Result {
    do throws(ChannelError) {
      let result = try body()
      writeBackLog(from: Self.highestLog)
      return result
    } catch {
      // Where the disk is full: what is written next then needs no room of its own.
      writeBackLog(from: 1)
      throw error
    }
  }

  /// Carries out several statements that change the database: all of them, or none.
  func transaction<Result>(_ body: () throws(ChannelError) -> Result) throws(ChannelError) -> Result {
    try change { () throws(ChannelError) in
      try begin.run()
      do throws(ChannelError) {
        let result = try body()
        try end.run()
        return result
      } catch {
        // A full disk, for one, has ended it already.
        if connection.isInTransaction { try? undo.run() }
        throw error
      }
    }
  }

  /// Writes the log back when it has grown; for a moment in which nobody waits. Throws when somebody has taken the file
  /// away: SQLite would go on with one that has no name.
  func tend() throws(ChannelError) {
    writeBackLog(from: Self.tendedLog)
    guard let stamp, let now = try Self.stamp(of: name, in: folder), now.isSameFile(as: stamp) else {
      throw ChannelError(.closed, at: path, "was removed or replaced while in use", hint: "start the daemon again")
    }
  }

  private static func stamp(of name: String, in folder: Directory) throws(ChannelError) -> FileStamp? {
    try ChannelError.calls(at: folder.path(of: name)) { () throws(SystemError) in try folder.facts(of: name)?.stamp }
  }

  /// What cannot be written back now stays in the log and is none the worse for it.
  private func writeBackLog(from count: Int) {
    if connection.logPageCount >= count { try? connection.writeBackLog() }
  }
}

// MARK: - Opening

extension Database {
  private static func lock(_ name: String, in folder: Directory) throws(ChannelError) -> FileLock {
    let path = folder.path(of: name)
    for _ in 0..<8 {
      let lock = try ChannelError.files(at: path) { () throws(FileError) in try FileLock(name, in: folder) }
      switch try ChannelError.calls(at: path, { () throws(SystemError) in try lock.tryLock() }) {
      case .locked: return lock
      case .replaced: continue
      case .busy:
        let holder = (try? FlockHolder.find(of: lock.file.factsAtOpening.stamp)).flatMap { $0 }
        let who = holder.map { "process \($0)" } ?? "another process"
        throw ChannelError(.lockTimeout, at: path, "\(who) has this ledger open", hint: "end it, or use another folder")
      }
    }
    throw ChannelError(.lockTimeout, at: path, "is removed again and again")
  }

  private static func open(
    _ name: String,
    in folder: Directory,
    _ schema: Schema,
    _ durability: LedgerOptions.Durability
  ) throws(ChannelError) -> Connection {
    // Made here, for its rights; what SQLite makes beside it gets the same.
    _ = try ChannelError.files(at: folder.path(of: name)) { () throws(FileError) in try folder.openOrCreate(name) }
    let connection = try Connection(folder.path(of: name))
    // Until it has shown to be a sound one of ours.
    connection.keepLogWhenClosing(true)
    try connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    let version = try version(of: connection, schema)
    try check(connection)
    try connection.execute("PRAGMA page_size = \(pageSize); PRAGMA synchronous = \(synchronous(durability))")
    guard try connection.text("PRAGMA journal_mode = WAL") == "wal" else {
      let what = "has no log: this file system cannot keep one beside it"
      throw ChannelError(.system, at: connection.path, what, hint: "use a folder on another file system")
    }
    try connection.execute("PRAGMA journal_size_limit = \(16 << 20)")
    try connection.execute("PRAGMA secure_delete = FAST; PRAGMA temp_store = MEMORY")
    try migrate(connection, from: version, by: schema)
    connection.keepLogWhenClosing(false)
    return connection
  }

  private static let pageSize = 4_096

  private static func synchronous(_ durability: LedgerOptions.Durability) -> String {
    switch durability {
    case .process: "NORMAL"
    case .power: "FULL"
    case .processWithoutFlush: "OFF"
    }
  }

  /// Its version, 0 for one that holds nothing yet.
  private static func version(of connection: Connection, _ schema: Schema) throws(ChannelError) -> Int64 {
    let application = try connection.integer("PRAGMA application_id")
    let version = try connection.integer("PRAGMA user_version")
    if application == 0, version == 0, try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 { return 0 }
    guard application == schema.application, version > 0 else {
      let hint = "move it away, or use another folder"
      throw ChannelError(.refused, at: connection.path, "is a database of another program", hint: hint)
    }
    guard version <= schema.version else {
      let what = "is of version \(version), and this program knows none above \(schema.version)"
      throw ChannelError(.newerFormat, at: connection.path, what)
    }
    return version
  }

  private static func check(_ connection: Connection) throws(ChannelError) {
    let finding = try connection.text("PRAGMA quick_check(1)")
    guard finding == "ok" else { throw .damagedLedger("is damaged: \(finding)", at: connection.path) }
  }

  private static func migrate(
    _ connection: Connection,
    from version: Int64,
    by schema: Schema
  ) throws(ChannelError) {
    guard version < schema.version else { return }
    try connection.execute("BEGIN IMMEDIATE")
    do throws(ChannelError) {
      for step in schema.steps.dropFirst(Int(version)) { try connection.execute(step) }
      try connection.execute("PRAGMA application_id = \(schema.application); PRAGMA user_version = \(schema.version)")
      try connection.execute("COMMIT")
    } catch {
      if connection.isInTransaction { try? connection.execute("ROLLBACK") }
      throw error
    }
  }

  /// Renames the database and all that belongs to it; tells its new name.
  private static func moveAside(_ name: String, in folder: Directory, _ now: WallTime) throws(ChannelError) -> String {
    try ChannelError.calls(at: folder.path(of: name)) { () throws(SystemError) in
      var number = now.milliseconds
      while try folder.facts(of: "\(name).damaged-\(number)") != nil { number += 1 }
      let aside = "\(name).damaged-\(number)"
      // The database last: a log whose database is gone would be taken for that of the next one.
      for part in ["-wal", "-journal", "-shm", ""] where try folder.facts(of: name + part) != nil {
        try folder.rename(name + part, to: aside + part, in: folder, .notReplacing)
      }
      return aside
    }
  }
}
