// The one file that knows SQLite.

internal import CSQLite
internal import LinuxIO
internal import Transom

/// An open database file, spoken to in prepared statements; whatever SQLite refuses is told as a `ChannelError`.
///
/// Not sendable, and its statements are not: SQLite is told that nobody calls from two threads at once.
@safe final class Connection {
  let path: String
  private let handle: OpaquePointer
  /// How many pages the log holds, written by SQLite with each commit.
  private let logged: UnsafeMutablePointer<Int32>

  /// Opens the file, which must be there or be made by this; nothing of it is read yet.
  init(_ path: String, waiting: Duration = .seconds(1)) throws(ChannelError) {
    self.path = path
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let handle = unsafe opened else {
      let error = unsafe Self.error(code, 0, opened, at: path)
      unsafe sqlite3_close_v2(opened)
      throw error
    }
    unsafe self.handle = handle
    unsafe logged = .allocate(capacity: 1)
    unsafe logged.initialize(to: 0)
    unsafe sqlite3_busy_timeout(handle, Int32(waiting / .milliseconds(1)))
    // Instead of SQLite's own, which would write the log back in the middle of any commit.
    _ = unsafe sqlite3_wal_hook(
      handle,
      { context, _, _, pages in
        unsafe context?.assumingMemoryBound(to: Int32.self).pointee = pages
        return SQLITE_OK
      },
      logged
    )
  }

  deinit {
    unsafe sqlite3_close_v2(handle)
    unsafe logged.deallocate()
  }

  /// How many pages the log held after the last commit.
  var logPageCount: Int { unsafe Int(logged.pointee) }

  /// Whether the log is left as it is when this is closed, and nothing is written then.
  func keepLogWhenClosing(_ keeps: Bool) {
    _ = unsafe csqlite_keep_log_when_closing(handle, keeps ? 1 : 0)
  }

  /// Carries out statements that answer with nothing.
  func execute(_ text: String) throws(ChannelError) {
    let code = unsafe sqlite3_exec(handle, text, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// The first column of the first row that a statement answers with.
  func integer(_ text: String) throws(ChannelError) -> Int64 {
    let statement = try Statement(text, self)
    defer { statement.reset() }
    return try statement.next() ? statement.integer(0) : 0
  }

  /// The first column of the first row that a statement answers with.
  func text(_ text: String) throws(ChannelError) -> String {
    let statement = try Statement(text, self)
    defer { statement.reset() }
    return try statement.next() ? statement.text(0) : ""
  }

  /// Whether statements are in a transaction now; some errors end it by themselves.
  var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  /// Writes what the log holds back to the database, as far as nobody stands in the way.
  func writeBackLog() throws(ChannelError) {
    let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
    unsafe logged.pointee = 0
  }
}

extension Connection {
  /// A statement that was read once; values are bound to it and its rows are gone through, again and again.
  @safe final class Statement {
    private let connection: Connection
    private let handle: OpaquePointer
    /// Why a value could not be bound; told when the statement is carried out.
    private var refusal = SQLITE_OK

    init(_ text: String, _ connection: Connection) throws(ChannelError) {
      self.connection = connection
      var prepared: OpaquePointer?
      let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
      let code = unsafe sqlite3_prepare_v3(connection.handle, text, -1, flags, &prepared, nil)
      guard code == SQLITE_OK, let handle = unsafe prepared else { throw connection.error(code) }
      unsafe self.handle = handle
    }

    deinit {
      unsafe sqlite3_finalize(handle)
    }

    // MARK: Values, their places counted from 1

    func bind(_ place: Int32, _ value: Int64) {
      note(unsafe sqlite3_bind_int64(handle, place, value))
    }

    func bind(_ place: Int32, _ value: Int) { bind(place, Int64(value)) }

    /// As the integer of the same bits, so that a value is kept whatever it is.
    func bind(_ place: Int32, _ value: UInt64) { bind(place, Int64(bitPattern: value)) }

    func bind(_ place: Int32, _ value: String?) {
      guard var value else { return bindNothing(place) }
      note(value.withUTF8 { unsafe csqlite_bind_text(handle, place, $0.baseAddress, UInt64($0.count)) })
    }

    func bind(_ place: Int32, _ value: [UInt8]) {
      note(unsafe value.withUnsafeBytes { unsafe csqlite_bind_bytes(handle, place, $0.baseAddress, UInt64($0.count)) })
    }

    /// The bytes of a text: compared as such, and with nothing in them that ends it.
    func bind(_ place: Int32, bytesOf value: String) {
      var value = value
      note(value.withUTF8 { unsafe csqlite_bind_bytes(handle, place, $0.baseAddress, UInt64($0.count)) })
    }

    func bindNothing(_ place: Int32) {
      note(unsafe sqlite3_bind_null(handle, place))
    }

    private func note(_ code: Int32) {
      precondition(code != SQLITE_RANGE && code != SQLITE_MISUSE, "no such place, or the rows are being gone through")
      if code != SQLITE_OK { refusal = code }
    }

    // MARK: Carrying it out

    /// Goes to the next row; behind the last one the statement is as it was before its values were bound.
    func next() throws(ChannelError) -> Bool {
      var number: Int32 = 0
      let code = refusal == SQLITE_OK ? unsafe csqlite_step(handle, &number) : refusal
      if code == SQLITE_ROW { return true }
      // Before it is reset, which may change what the connection tells of it.
      let error = code == SQLITE_DONE ? nil : connection.error(code, number)
      reset()
      if let error { throw error }
      return false
    }

    /// Carries it out, whatever rows it answers with.
    func run() throws(ChannelError) {
      while try next() {}
    }

    /// Leaves the rows that are left, and forgets the values.
    func reset() {
      unsafe sqlite3_reset(handle)
      unsafe sqlite3_clear_bindings(handle)
      refusal = SQLITE_OK
    }

    // MARK: Columns of a row, counted from 0

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    func bits(_ column: Int32) -> UInt64 { UInt64(bitPattern: integer(column)) }

    func isNothing(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

    func bytes(_ column: Int32) -> [UInt8] {
      guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
      let count = unsafe Int(sqlite3_column_bytes(handle, column))
      return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// A text, or bytes that are one.
    func text(_ column: Int32) -> String {
      guard let start = unsafe sqlite3_column_blob(handle, column) else { return "" }
      let count = unsafe Int(sqlite3_column_bytes(handle, column))
      return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
  }
}

// MARK: What SQLite refuses

extension Connection {
  private func error(_ code: Int32, _ number: Int32 = 0) -> ChannelError {
    unsafe Self.error(code, number, handle, at: path)
  }

  private static func error(
    _ code: Int32,
    _ number: Int32,
    _ handle: OpaquePointer?,
    at path: String
  ) -> ChannelError {
    let words = unsafe String(cString: handle == nil ? sqlite3_errstr(code) : sqlite3_errmsg(handle))
    let number = number == 0 ? unsafe sqlite3_system_errno(handle) : number
    switch code & 0xFF {
    case SQLITE_FULL:
      return ChannelError(.system, at: path, "cannot be written: no room is left", hint: "make room on the file system")
    case SQLITE_IOERR where number != 0, SQLITE_CANTOPEN where number != 0:
      return ChannelError(SystemError(call(code), on: path, code: number), at: path)
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL:
      return ChannelError(.lockTimeout, at: path, "another program uses it", hint: "end that program")
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      return .damagedLedger("is damaged: \(words)", at: path)
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
      return ChannelError(.refused, at: path, "cannot be written: \(words)")
    case SQLITE_TOOBIG:
      return ChannelError(.tooLarge, at: path, "cannot hold that much in one piece")
    default:
      return ChannelError(.system, at: path, "the database refuses: \(words)")
    }
  }

  /// The system call that stands closest to what failed.
  private static func call(_ code: Int32) -> String {
    switch code {
    case _ where code & 0xFF == SQLITE_CANTOPEN: "open"
    case SQLITE_IOERR | 1 << 8, SQLITE_IOERR | 2 << 8: "read"
    case SQLITE_IOERR | 4 << 8, SQLITE_IOERR | 5 << 8: "fsync"
    default: "write"
    }
  }
}
