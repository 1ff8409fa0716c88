// The ledger, on a thread that may wait for the disk.

package import ChannelLedger
package import ChannelModel
package import ChannelSockets
package import Transom

/// Keeps the daemon's ledger. It waits for the disk, so that nothing else does.
package actor LedgerKeeper {
  private nonisolated let loop: Loop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
  private var ledger: Ledger?
  private let log: DaemonLog
  private let clock: @Sendable () -> WallTime
  private var tending: LoopTimer?

  private static let tendPause = Duration.seconds(1)

  package init(on loop: Loop, log: DaemonLog, clock: @escaping @Sendable () -> WallTime) {
    self.loop = loop
    self.log = log
    self.clock = clock
  }

  /// Opens the ledger of a folder; to be called once, before everything else.
  package func open(at path: String) throws(ChannelError) {
    let log = log
    ledger = try Ledger(at: path, now: clock()) { log.say(.warning, .ledger, "\($0)") }
    let timer = LoopTimer(on: loop) { [weak self] in self?.assumeIsolated { $0.tend() } }
    timer.set(every: Self.tendPause)
    tending = timer
  }

  /// Closes it; what comes later fails.
  package func close() {
    tending = nil
    ledger = nil
  }

  /// Begins a request, for good once this returns: see `RequestLedger`.
  package func begin(
    _ id: String,
    of channel: String,
    _ direction: Direction,
    handler: String,
    isRepeatable: Bool
  ) throws(ChannelError) -> RequestBeginning {
    let ledger = try opened()
    let beginning = try ledger.requests.begin(
      ledger.requests.scope(of: channel, direction).key(of: id),
      handler: handler,
      isRepeatable: isRepeatable,
      now: clock()
    )
    try ledger.commit()
    return beginning
  }

  /// Records how a request ended, for good once this returns.
  package func settle(_ run: RequestRun, _ outcome: RequestOutcome) throws(ChannelError) {
    let ledger = try opened()
    ledger.requests.settle(run, outcome, now: clock())
    try ledger.commit()
  }

  /// Puts a message to the dead letters, for good once this returns.
  package func setAside(_ message: FailedMessage) throws(ChannelError) -> UInt64 {
    try opened().deadLetters.add(message)
  }

  package func note(_ step: TraceStep, of id: String) {
    ledger?.traces.note(step, of: id)
  }

  private func opened() throws(ChannelError) -> Ledger {
    guard let ledger else { throw ChannelError(.closed, at: "the ledger", "is closed") }
    return ledger
  }

  private func tend() {
    do throws(ChannelError) {
      // More is done a second later: nobody waits for it.
      _ = try ledger?.tend(now: clock())
    } catch {
      log.say(.error, .ledger, "\(error)")
    }
  }
}
