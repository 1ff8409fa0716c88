import ChannelMessages
import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

@testable import ChannelLedger

@Suite(.timeLimit(.minutes(2))) struct DatabaseTests {
  private func withScene(_ body: (LedgerScene) throws -> Void) throws {
    try withScratchDirectory { try body(LedgerScene($0)) }
  }

  private func names(_ path: String) throws -> Set<String> { Set(try Directory.open(path).names()) }

  private func write(_ bytes: [UInt8], to path: String) {
    let number = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    _ = unsafe Glibc.write(number, bytes, bytes.count)
    close(number)
  }

  // MARK: Rights

  @Test func folderAndFilesAreForTheirOwnerAlone() throws {
    try withScene { scene in
      let mask = umask(0)
      defer { umask(mask) }
      let ledger = try scene.open()
      try ledger.serve("a", .json("1"), scene)
      let folder = try Directory.open(scene.path)
      #expect(folder.factsAtOpening.permissions == 0o700)
      let all = try folder.names()
      #expect(Set(all) == ["ledger.db", "ledger.db-wal", "ledger.db.lock"])
      for name in all { #expect(try folder.facts(of: name)?.permissions == 0o600, "\(name)") }
    }
  }

  @Test(arguments: [0o755, 0o701, 0o770] as [UInt32])
  func aFolderThatOthersHaveARightToIsRefused(_ permissions: UInt32) throws {
    try withScene { scene in
      #expect(unsafe mkdir(scene.path, 0o700) == 0 && chmod(scene.path, permissions) == 0)
      let error = #expect(throws: ChannelError.self) { _ = try scene.open() }
      #expect(error?.code == .refused && error?.hint == "chmod 700 \(scene.path)")
      let made = try names(scene.path)
      #expect(made.isEmpty)
    }
  }

  @Test func aFolderIsMadeWithWhatItLiesInForItsOwnerAlone() throws {
    try withScratchDirectory { scratch in
      _ = try Ledger(at: scratch + "/no/such/ledger", now: WallTime(milliseconds: 1))
      for path in ["/no", "/no/such", "/no/such/ledger"] {
        #expect(try Directory.open(scratch + path).factsAtOpening.permissions == 0o700)
      }
    }
  }

  @Test func anotherProgramThatHasItOpenIsNotFoughtWith() throws {
    try withScene { scene in
      try scene.open().serve("a", .json("1"), scene)
      do {
        let other = try Connection(scene.file)
        try other.execute("SELECT count(*) FROM requests")
        let error = #expect(throws: ChannelError.self) { _ = try scene.open() }
        #expect(error?.code == .lockTimeout && error?.path == scene.file)
        withExtendedLifetime(other) {}
      }
      #expect(try scene.open().begin("a", scene) == .settled(.json("1")))
      #expect(scene.notices.isEmpty)
    }
  }

  // MARK: Another's, a newer one, an older one

  /// A database as another program, or another version of this one, makes it.
  private func make(_ scene: LedgerScene, _ statements: String) throws -> [UInt8] {
    #expect(unsafe mkdir(scene.path, 0o700) == 0)
    do { try Connection(scene.file).execute(statements) }
    return RawFiles.bytes(scene.file)
  }

  @Test(arguments: ["CREATE TABLE t(x)", "PRAGMA application_id = 7", "PRAGMA user_version = 1"])
  func theDatabaseOfAnotherProgramIsRefusedAndNotTouched(_ statements: String) throws {
    try withScene { scene in
      let bytes = try make(scene, statements)
      let error = #expect(throws: ChannelError.self) { _ = try scene.open() }
      #expect(error?.code == .refused && error?.what == "is a database of another program")
      #expect(RawFiles.bytes(scene.file) == bytes)
      #expect(try names(scene.path) == ["ledger.db", "ledger.db.lock"])
    }
  }

  @Test func theDatabaseOfANewerVersionIsRefusedAndNotTouched() throws {
    try withScene { scene in
      try scene.open().serve("a", .json("1"), scene)
      do { try Connection(scene.file).execute("PRAGMA user_version = 99") }
      let bytes = RawFiles.bytes(scene.file)
      let error = #expect(throws: ChannelError.self) { _ = try scene.open() }
      #expect(error?.code == .newerFormat && error?.path == scene.file)
      #expect(error?.what == "is of version 99, and this program knows none above \(Schema.ledger.version)")
      #expect(RawFiles.bytes(scene.file) == bytes)
    }
  }

  private func open(_ schema: Schema, in scratch: String) throws -> Database {
    let folder = try Directory.open(scratch)
    let now = WallTime(milliseconds: 5)
    return try Database("x.db", in: folder, schema: schema, durability: .process, now: now) { _ in }
  }

  private func first(_ text: String, _ database: Database) throws -> Int64 {
    let statement = try database.statement(text)
    defer { statement.reset() }
    return try statement.next() ? statement.integer(0) : -1
  }

  @Test func anOlderDatabaseIsBroughtToTheNewestVersion() throws {
    try withScratchDirectory { scratch in
      let steps = ["CREATE TABLE t(x); INSERT INTO t VALUES(1)", "INSERT INTO t VALUES(2)", "INSERT INTO t VALUES(3)"]
      _ = try open(Schema(application: 9, steps: [steps[0]]), in: scratch)
      let newest = Schema(application: 9, steps: steps)
      for _ in 0..<2 {
        let database = try open(newest, in: scratch)
        #expect(try first("SELECT sum(x) FROM t", database) == 6)
        #expect(try first("PRAGMA user_version", database) == 3)
      }
    }
  }

  @Test func aStepThatFailsLeavesTheOlderDatabaseAsItWas() throws {
    try withScratchDirectory { scratch in
      let older = Schema(application: 9, steps: ["CREATE TABLE t(x); INSERT INTO t VALUES(1)"])
      _ = try open(older, in: scratch)
      let step = "INSERT INTO t VALUES(2); INSERT INTO nowhere VALUES(1)"
      let failing = Schema(application: 9, steps: older.steps + [step])
      let error = #expect(throws: ChannelError.self) { _ = try open(failing, in: scratch) }
      #expect(error?.what.contains("nowhere") == true)
      #expect(try first("SELECT sum(x) FROM t", try open(older, in: scratch)) == 1)
    }
  }

  // MARK: Damage

  enum Damage: String, CaseIterable {
    case noDatabase, tornHeader, zeroes, cutShort, lostPages, scribbled
  }

  @Test(arguments: Damage.allCases) func aDamagedDatabaseIsMovedAsideWholeAndBegunAnew(_ damage: Damage) throws {
    try withScene { scene in
      do {
        let ledger = try scene.open()
        for number in 0..<2_000 { try ledger.serve("\(number)", .error(String(repeating: "x", count: 100)), scene) }
      }
      var bytes = RawFiles.bytes(scene.file)
      try #require(bytes.count > 100_000)
      switch damage {
      case .noDatabase: bytes = Array("This is no database, and nobody knows how it came here.\n".utf8)
      case .tornHeader: for place in 0..<16 { bytes[place] = 0xFF }
      case .zeroes: for place in bytes.indices { bytes[place] = 0 }
      case .cutShort: bytes.removeLast(bytes.count / 2)
      case .lostPages: for place in 8_192..<65_536 { bytes[place] = 0 }
      case .scribbled: for place in stride(from: 20_000, to: bytes.count, by: 97) { bytes[place] ^= 0x55 }
      }
      write(bytes, to: scene.file)
      let ledger = try scene.open()
      let aside = scene.file + ".damaged-\(scene.now.milliseconds)"
      guard case .movedAside(aside, let reason)? = scene.notices.first else {
        Issue.record("\(scene.notices)")
        return
      }
      #expect(!reason.isEmpty && scene.notices.count == 1)
      #expect(RawFiles.bytes(aside) == bytes)
      #expect(try ledger.begin("0", scene).isFresh)
      #expect(try ledger.deadLetters.list().isEmpty)
    }
  }

  @Test func theLogGoesAsideWithItsDatabase() throws {
    try withScene { scene in
      let peer = try ProcessRun([try ProcessRun.peer, "ledger-serve", scene.path, "0"])
      for _ in 0..<20 { _ = peer.line() }
      kill(peer.pid, SIGKILL)
      peer.wait()
      let log = RawFiles.bytes(scene.file + "-wal")
      #expect(!log.isEmpty)
      let bytes = Array("no database at all".utf8) + [UInt8](repeating: 7, count: 8_192)
      write(bytes, to: scene.file)
      // A log that is whole heals what it holds; this one has lost its beginning.
      write([UInt8](repeating: 9, count: 32) + log.dropFirst(32), to: scene.file + "-wal")
      do { _ = try scene.open() }
      let aside = scene.file + ".damaged-\(scene.now.milliseconds)"
      #expect(RawFiles.bytes(aside) == bytes)
      #expect(RawFiles.bytes(aside + "-wal").suffix(log.count - 32) == log.suffix(log.count - 32))
      // A second one at the same time gets a name of its own.
      write(bytes, to: scene.file)
      _ = try scene.open()
      #expect(RawFiles.bytes(scene.file + ".damaged-\(scene.now.milliseconds + 1)") == bytes)
      #expect(scene.notices.count == 2)
    }
  }

  @Test func anEmptyFileIsBegunAnew() throws {
    try withScene { scene in
      #expect(unsafe mkdir(scene.path, 0o700) == 0)
      write([], to: scene.file)
      let beginning = try scene.open().begin("a", scene)
      #expect(beginning.isFresh && scene.notices.isEmpty)
    }
  }

  // MARK: Transactions and the log

  @Test(arguments: [true, false]) func aDatabaseThatIsTakenAwayIsMissed(_ isReplaced: Bool) throws {
    try withScene { scene in
      let ledger = try scene.open()
      _ = try ledger.tend(now: scene.now)
      unsafe unlink(scene.file)
      if isReplaced { write([], to: scene.file) }
      let error = #expect(throws: ChannelError.self) { _ = try ledger.tend(now: scene.now) }
      #expect(error?.code == .closed && error?.path == scene.file)
    }
  }

  @Test func aTransactionThatThrowsChangesNothing() throws {
    try withScratchDirectory { scratch in
      let database = try open(Schema(application: 9, steps: ["CREATE TABLE t(x)"]), in: scratch)
      let insert = try database.statement("INSERT INTO t VALUES(?1)")
      let error = #expect(throws: ChannelError.self) {
        try database.transaction { () throws(ChannelError) in
          insert.bind(1, 1)
          try insert.run()
          throw ChannelError(.misuse, at: "here", "stop")
        }
      }
      #expect(error?.what == "stop")
      #expect(try first("SELECT count(*) FROM t", database) == 0)
      try database.transaction { () throws(ChannelError) in try insert.run() }
      #expect(try first("SELECT count(*) FROM t", database) == 1)
    }
  }

  @Test(arguments: [LedgerOptions.Durability.process, .power, .processWithoutFlush])
  func theLogIsWrittenBackWhetherSomebodyTendsOrNot(_ durability: LedgerOptions.Durability) throws {
    try withScene { scene in
      scene.options.durability = durability
      let ledger = try scene.open()
      let outcome = RequestOutcome.error(String(repeating: "x", count: 1 << 20))
      for number in 0..<60 { try ledger.serve("\(number)", outcome, scene) }
      // 60 MB were written through it.
      let size = try #require(try Directory.open(scene.path).facts(of: "ledger.db-wal")).stamp.size
      #expect(size < 24 << 20)
    }
  }
}
