// The ledger, and the thread that may wait for the disk.

package import ChannelLedger
package import ChannelModel
package import ChannelSockets
internal import Synchronization
package import Transom

/// Keeps the daemon's ledger.
///
/// To begin or settle a request costs a few microseconds, two changes of threads would cost ten times that: whoever must
/// not wait does it himself, as long as nobody else is at it. What may take its time, such as writing the log back to
/// the disk, is done on a thread of its own; meanwhile the others wait for that thread, too.
package final class LedgerKeeper: Sendable {
  private let loop: Loop
  private let log: DaemonLog
  private let clock: @Sendable () -> WallTime
  private let ledger = Mutex<Ledger?>(nil)
  private let tending = Mutex<LoopTimer?>(nil)
  /// Steps that are still to be noted.
  private let steps = Mutex<[(id: String, step: TraceStep)]>([])

  private static let tendPause = Duration.seconds(1)
  private static let longestID = 200
  private static let longestDetail = 300
  /// More steps than that do not wait for the timer.
  private static let mostSteps = 256

  package init(on loop: Loop, log: DaemonLog, clock: @escaping @Sendable () -> WallTime) {
    self.loop = loop
    self.log = log
    self.clock = clock
  }

  // MARK: Opening and closing

  /// Opens the ledger of a folder; to be called once, before everything else.
  package func open(at path: String) async throws(ChannelError) {
    try await onThread { [self] () throws(ChannelError) in
      try ledger.withLock { (ledger) throws(ChannelError) in
        ledger = try Ledger(at: path, now: clock()) { [log] in log.say(.warning, .ledger, "\($0)") }
      }
      tending.withLock { timer in
        timer = LoopTimer(on: loop) { [weak self] in self?.tend() }
        timer?.set(every: Self.tendPause)
      }
    }
  }

  /// Closes it; what comes later fails.
  package func close() async {
    try? await onThread { [self] in
      tending.withLock { $0 = nil }
      writeSteps()
      ledger.withLock { $0 = nil }
    }
  }

  // MARK: Requests

  /// Begins a request, for good once this returns: see `RequestLedger`. Nil when that would have to wait.
  package func tryBegin(_ request: LedgerRequest) throws(ChannelError) -> RequestBeginning? {
    try tryLocked { (ledger) throws(ChannelError) in try Self.begin(request, in: ledger, clock()) }
  }

  /// The same, on the thread that may wait.
  package func begin(_ request: LedgerRequest) async throws(ChannelError) -> RequestBeginning {
    try await waiting { (ledger, now) throws(ChannelError) in try Self.begin(request, in: ledger, now) }
  }

  private static func begin(
    _ request: LedgerRequest,
    in ledger: Ledger,
    _ now: WallTime
  ) throws(ChannelError) -> RequestBeginning {
    let beginning = try ledger.requests.begin(
      ledger.requests.scope(of: request.channel, request.direction).key(of: request.id),
      handler: request.handler,
      isRepeatable: request.isRepeatable,
      now: now
    )
    try ledger.commit()
    return beginning
  }

  /// Records how a request ended, soon; an error is logged. Whoever asked need not wait for it: were the daemon killed
  /// before, the request would be known as interrupted, and not be run again.
  package func settle(_ run: RequestRun, _ outcome: RequestOutcome) {
    change { $0.requests.settle(run, outcome, now: $1) }
  }

  /// Forgets a request on which nothing has worked, soon.
  package func withdraw(_ run: RequestRun) {
    change { ledger, _ in ledger.requests.withdraw(run) }
  }

  private func change(_ body: @escaping @Sendable (Ledger, WallTime) -> Void) {
    let now = clock()
    let isDone = logged {
      () throws(ChannelError) in
      try tryLocked { (ledger) throws(ChannelError) in
        body(ledger, now)
        try ledger.commit()
        return true
      }
    }
    guard isDone == nil else { return }
    loop.perform { [self] in
      logged { () throws(ChannelError) in
        try locked { (ledger) throws(ChannelError) in
          body(ledger, now)
          try ledger.commit()
        }
      }
    }
  }

  // MARK: Dead letters

  /// Puts a message to the dead letters, for good once this returns.
  package func setAside(_ message: FailedMessage) async throws(ChannelError) -> UInt64 {
    try await waiting { (ledger, _) throws(ChannelError) in try ledger.deadLetters.add(message) }
  }

  /// Asks or changes the dead letters.
  package func letters<Result: Sendable>(
    _ body: @escaping @Sendable (DeadLetters) throws(ChannelError) -> Result
  ) async throws(ChannelError) -> Result {
    try await waiting { (ledger, _) throws(ChannelError) in try body(ledger.deadLetters) }
  }

  // MARK: Traces

  /// Notes a step of a message; it is written within a second. Of a message whose id is longer than any that a program
  /// makes no way is kept: whoever writes in a channel decides how long it is.
  package func note(_ kind: TraceStep.Kind, of id: String, in channel: String, _ detail: String = "") {
    guard id.utf8.count <= Self.longestID else { return }
    let step = TraceStep(kind, at: clock(), channel: channel, detail: String(detail.prefix(Self.longestDetail)))
    let isMany = steps.withLock { steps in
      steps.append((id, step))
      return steps.count == Self.mostSteps
    }
    if isMany { loop.perform { [self] in writeSteps() } }
  }

  /// The steps of the messages with an id, also those that were noted just now.
  package func steps(of id: String) async throws(ChannelError) -> [TraceStep] {
    try await onThread { [self] () throws(ChannelError) in
      writeSteps()
      return try locked { (ledger) throws(ChannelError) in try ledger.traces.steps(of: id) }
    }
  }

  private func writeSteps() {
    let noted = steps.withLock { steps in
      defer { steps.removeAll(keepingCapacity: true) }
      return steps
    }
    ledger.withLock { ledger in
      for (id, step) in noted { ledger?.traces.note(step, of: id) }
    }
  }

  // MARK: Whose turn it is

  private func tend() {
    writeSteps()
    // More is done a second later: nobody waits for it.
    logged { () throws(ChannelError) in
      try locked { (ledger) throws(ChannelError) in _ = try ledger.tend(now: clock()) }
    }
  }

  private func tryLocked<Result>(
    _ body: (Ledger) throws(ChannelError) -> sending Result
  ) throws(ChannelError) -> sending Result? {
    try ledger.withLockIfAvailable { (ledger) throws(ChannelError) in try body(try Self.opened(ledger)) }
  }

  private func locked<Result>(
    _ body: (Ledger) throws(ChannelError) -> sending Result
  ) throws(ChannelError) -> sending Result {
    try ledger.withLock { (ledger) throws(ChannelError) in try body(try Self.opened(ledger)) }
  }

  private static func opened(_ ledger: Ledger?) throws(ChannelError) -> Ledger {
    guard let ledger else { throw ChannelError(.closed, at: "the ledger", "is closed") }
    return ledger
  }

  private func waiting<Result: Sendable>(
    _ body: @escaping @Sendable (Ledger, WallTime) throws(ChannelError) -> Result
  ) async throws(ChannelError) -> Result {
    try await onThread { [self] () throws(ChannelError) in
      try locked { (ledger) throws(ChannelError) in try body(ledger, clock()) }
    }
  }

  private func onThread<Success: Sendable>(
    _ body: @escaping @Sendable () throws(ChannelError) -> Success
  ) async throws(ChannelError) -> Success {
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Success, ChannelError>, Never>) in
      loop.perform { continuation.resume(returning: Result(catching: body)) }
    }
    return try result.get()
  }

  @discardableResult
  private func logged<Result>(_ body: () throws(ChannelError) -> Result?) -> Result? {
    do throws(ChannelError) {
      return try body()
    } catch {
      log.say(.error, .ledger, "\(error)")
      return nil
    }
  }
}
