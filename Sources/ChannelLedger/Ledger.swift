// What the daemon remembers.

package import ChannelModel
internal import LinuxIO
package import Transom

/// The state of a daemon in a folder of its own: dead letters, the requests it has run, the ways of messages.
///
/// Everything waits for the disk at worst, and nothing is sendable: open it, and use all of it, on the one thread or in
/// the one actor that is to wait. One process at a time has a folder.
package final class Ledger {
  package let deadLetters: DeadLetters
  package let requests: RequestLedger
  package let traces: Traces
  let database: Database

  /// The database's name in its folder.
  package static let fileName = "ledger.db"

  /// Opens the ledger of a folder, making both when they are missing: the folder for its owner alone, the files too.
  ///
  /// - Parameters:
  ///   - path: The folder; what it lies in is made too.
  ///   - options: How much is kept, and what it survives.
  ///   - now: The time by which what was running was interrupted.
  ///   - told: Hears what the ledger does by itself, at once and within the call that brings it about.
  /// - Throws: A `ChannelError` when another process has it open (`lockTimeout`), when the folder is not ours alone or the
  ///   database another program's (`refused`), when it is of a newer version (`newerFormat`), and when the system fails.
  package init(
    at path: String,
    options: LedgerOptions = LedgerOptions(),
    now: WallTime,
    told: @escaping (LedgerNotice) -> Void = { _ in }
  ) throws(ChannelError) {
    database = try Database(
      Self.fileName,
      in: try Self.folder(at: path),
      schema: .ledger,
      durability: options.durability,
      now: now,
      told: told
    )
    deadLetters = try DeadLetters(database, options, told: told)
    requests = try RequestLedger(database, options, now: now)
    traces = try Traces(database, options, told: told)
  }

  private static func folder(at path: String) throws(ChannelError) -> Directory {
    let whole = try ChannelError.calls(at: path) { () throws(SystemError) in try WholePath.spelled(path) }
    let folder = try ChannelError.files(at: whole) { () throws(FileError) in
      try Directory.openOrMake(whole, permissions: 0o700)
    }
    guard folder.factsAtOpening.permissions & 0o077 == 0 else {
      throw ChannelError(.refused, at: whole, "others than its owner have a right to it", hint: "chmod 700 \(whole)")
    }
    return folder
  }

  /// Ends a turn: what was begun and settled in it is written, and handlers may start and answers be sent. See
  /// `RequestLedger.commit` for what holds when it throws.
  package func commit() throws(ChannelError) {
    try requests.commit()
    // They are worth no failure: they wait on.
    if traces.waitingCount >= Traces.batch { try? traces.write() }
  }

  /// Sees to what grows: writes the steps that wait, forgets a few requests that have expired, writes the log back. For
  /// when there is nothing else to do, each second or so; again at once when it says that there is more.
  ///
  /// - Throws: A `ChannelError` when the database takes nothing, and when it was removed or replaced under the daemon
  ///   (`closed`): nothing that is written from then on is found again.
  package func tend(now: WallTime) throws(ChannelError) -> Bool {
    let isMore = try requests.expire(now: now)
    try traces.write()
    try database.tend()
    return isMore
  }
}

@available(*, unavailable)
extension Ledger: Sendable {}
