// One thread that waits for everything.

internal import CUv
package import LinuxIO
internal import Synchronization

/// A libuv loop, which is also an executor: timers, descriptors, signals, children and the actors that deal with them
/// share one thread, so that no message changes threads on its way.
///
/// An actor lives on it by `nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }`, and
/// what happens on the loop enters it with `assumeIsolated`. A task lives on it by `Task(executorPreference: loop)`.
///
/// What runs here must not wait: everything else waits meanwhile. Jobs run in the order in which they came, whatever
/// their priority. Between two looks at descriptors at most three rounds of `mostAtOnce` of them run, and each descriptor
/// that is ready is served once between two rounds, so that neither starves the other.
///
/// A loop is run once, by one thread, until somebody stops it.
@safe package final class Loop: @unchecked Sendable {
  // What protects it, since it is @unchecked: `inbox` has its mutex and `thread` is atomic. The rest is touched by the
  // loop's thread only, but for `wake`, which is not closed while `wakers` counts anybody.

  /// So many jobs are one round: there is one before each waiting and one after it, and one for what a look finds.
  static let mostAtOnce = 256

  let uv: UnsafeMutablePointer<uv_loop_t>
  private let wake: UnsafeMutablePointer<uv_async_t>
  /// Runs jobs before the loop waits.
  private let prepare: UnsafeMutablePointer<uv_prepare_t>
  /// Runs the jobs that came of what was waited for.
  private let check: UnsafeMutablePointer<uv_check_t>
  /// Active while there are jobs left, so that the loop does not wait.
  private let idle: UnsafeMutablePointer<uv_idle_t>
  private var hasLoop = false
  private var hasHandles = false

  let inbox = Mutex(LoopInbox())
  /// The thread that runs it, 0 for none.
  let thread = Atomic<UInt>(0)
  /// How many threads are about to wake it; it becomes more under the mutex only, and while the loop is not over.
  private let wakers = Atomic(0)
  /// What its own thread found to run.
  var ready = WorkQueue()
  /// Who has to be told of its end.
  var residents: [ObjectIdentifier: any LoopResident] = [:]
  /// Whether handles may still be made.
  var isEnding = false
  /// Where everybody reads into, one after the other.
  var buffer: [UInt8] = []
  /// Those who were given something to write in this round, and may have gathered more.
  var givers: [StreamCore] = []
  /// Whether anything has happened since it was about to wait.
  var hasHappened = false
  private var looking = Looking()
  private weak var lookout: (any LoopLookout)?

  /// A loop that nobody runs yet. What is left for it waits until somebody does.
  package init() throws(SystemError) {
    unsafe uv = .allocate(capacity: 1)
    unsafe wake = .allocate(capacity: 1)
    unsafe prepare = .allocate(capacity: 1)
    unsafe check = .allocate(capacity: 1)
    unsafe idle = .allocate(capacity: 1)
    try uvCall("uv_loop_init") { unsafe uv_loop_init(uv) }
    hasLoop = true
    // It only ends the waiting: `check` follows.
    try uvCall("uv_async_init") { unsafe uv_async_init(uv, wake, nil) }
    hasHandles = true
    let own = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe uv_prepare_init(uv, prepare)
    unsafe uv_check_init(uv, check)
    unsafe uv_idle_init(uv, idle)
    unsafe prepare.pointee.data = own
    unsafe check.pointee.data = own
    unsafe uv_prepare_start(prepare) { handle in
      guard let loop = unsafe Loop.of(handle?.pointee.data) else { return }
      loop.turn(isBeforeWaiting: true)
      // Timers were set by jobs that took their time, and the waiting is reckoned from the loop's idea of now.
      unsafe uv_update_time(loop.uv)
    }
    unsafe uv_check_start(check) { handle in unsafe Loop.of(handle?.pointee.data)?.turn(isBeforeWaiting: false) }
  }

  deinit {
    dismantle()
    unsafe uv.deallocate()
    unsafe wake.deallocate()
    unsafe prepare.deallocate()
    unsafe check.deallocate()
    unsafe idle.deallocate()
  }

  /// A loop that runs on a thread of its own, of a name of at most 15 bytes, until it is stopped.
  package static func start(_ name: String) throws(SystemError) -> Loop {
    let loop = try Loop()
    try KernelThread.start(name) { loop.run() }
    return loop
  }

  /// Runs it on the calling thread, until it is stopped. To be called once.
  ///
  /// SIGPIPE is blocked in that thread from here on, since whoever it writes to may have gone.
  ///
  /// At its end all its handles are closed and its children are dead, and those who had to do with them were told. Jobs
  /// that come later are still run, in order and one at a time, so that no task hangs; but nothing lives on it any more.
  package func run() {
    inbox.withLock {
      guard case .fresh = $0.phase else { preconditionFailure("a loop is run once") }
      $0.phase = .running
    }
    KernelThread.blockBrokenPipe()
    thread.store(KernelThread.current, ordering: .relaxed)
    unsafe uv_run(uv, UV_RUN_DEFAULT)
    end()
  }

  /// Ends it, from any thread and as often as anybody likes: nothing new is waited for, and `run` returns soon.
  package func stop() {
    call {
      $0.isToStop = true
      return $0.isOver ? .nothing : .wake
    }
  }

  /// Waits until it has ended.
  package func untilOver() async {
    await withCheckedContinuation { continuation in
      let isOver = inbox.withLock {
        if !$0.isOver { $0.waiting.append(continuation) }
        return $0.isOver
      }
      if isOver { continuation.resume() }
    }
  }

  /// Leaves something to be done on its thread, after what was left before.
  package func perform(_ body: @escaping @Sendable () -> Void) {
    leave(.errand(body))
  }

  /// The same for what is of no interest once the loop is over.
  func performUnlessOver(_ body: @escaping @Sendable () -> Void) {
    call { $0.isOver ? .nothing : $0.append(.errand(body)) }
  }

  /// Whether the calling thread is the one that runs it.
  package var isOwnThread: Bool { thread.load(ordering: .relaxed) == KernelThread.current }

  /// Traps on any other thread.
  func requireOwnThread() {
    precondition(isOwnThread, "what lives on a loop is used on its thread only")
  }

  /// Leaves something to be run.
  func leave(_ work: LoopWork) {
    if isOwnThread {
      ready.append(work)
    } else {
      call { $0.append(work) }
    }
  }

  /// Changes what all threads share, and does what has to be done about it.
  private func call(_ change: (inout LoopInbox) -> LoopInbox.Call) {
    let call = inbox.withLock {
      let call = change(&$0)
      if case .wake = call { wakers.add(1, ordering: .relaxed) }
      return call
    }
    switch call {
    case .nothing: break
    case .wake:
      // Outside the lock, or all others would wait for a system call.
      unsafe uv_async_send(wake)
      wakers.subtract(1, ordering: .releasing)
    case .startThread: startAfterThread()
    }
  }

  /// Says that something happened of which only the caller knows: then it is worth looking on. To be called on its thread.
  package func somethingHappened() {
    requireOwnThread()
    hasHappened = true
  }

  /// How much its own thread has left to be run. To be asked on its thread.
  package var readyCount: Int { ready.count }

  /// Has somebody look out, who is not kept alive by that. To be called on its thread; there is one at most.
  package func look(with lookout: any LoopLookout) {
    requireOwnThread()
    self.lookout = lookout
  }

  /// Runs what is there, as far as one round goes.
  private func turn(isBeforeWaiting: Bool) {
    let isToStop = inbox.withLock {
      ready.takeAll(of: &$0.works)
      return $0.isToStop
    }
    runRound()
    if isToStop { unsafe uv_stop(uv) }
    if isBeforeWaiting && !isToStop ? lookOn() : hasRest {
      unsafe uv_idle_start(idle) { _ in }
    } else {
      unsafe uv_idle_stop(idle)
    }
  }

  /// Whether there is something to be done whatever happens.
  private var hasRest: Bool { !ready.isEmpty || !givers.isEmpty }

  /// Looks on, where that is worth it, and says whether to do so once more in place of sleeping.
  private func lookOn() -> Bool {
    let lookout = lookout
    var isAwake = hasRest
    var isIdle = false
    if !isAwake {
      isAwake = looking.goesOn(hasHappened: hasHappened, at: Self.now)
      // What was put off is not done before a look has found nothing else to do.
      isIdle = !isAwake && !hasHappened
      // Whoever is waited for may need this processor.
      if isAwake, !hasHappened { giveWay() }
      hasHappened = isAwake && lookout?.glance() == true
      runRound()
    }
    let isPutOff = lookout?.settle(isIdle: isIdle) ?? false
    return isAwake || isPutOff || hasRest
  }

  private func giveWay() {
    let begin = Self.now
    KernelClock.pause(.zero)
    looking.gaveWay(for: Self.now - begin)
  }

  private static var now: Duration { .nanoseconds(Int64(clamping: KernelClock.sinceBoot())) }

  private func runRound() {
    runReady(atMost: Self.mostAtOnce)
    endRound()
  }

  /// Has streams write what they have gathered. What comes of that is for the next round.
  private func endRound() {
    let count = givers.count
    guard count > 0 else { return }
    for place in 0..<count { givers[place].roundEnds() }
    givers.removeFirst(count)
  }

  /// Closes its own handles and takes it apart, once; nobody else has handles on it any more.
  func dismantle() {
    if hasHandles {
      hasHandles = false
      while wakers.load(ordering: .acquiring) > 0 { KernelClock.pause(.zero) }
      unsafe Self.close(wake)
      unsafe Self.close(prepare)
      unsafe Self.close(check)
      unsafe Self.close(idle)
      // Nothing is active any more: it returns when all are closed.
      unsafe uv_run(uv, UV_RUN_DEFAULT)
    }
    if hasLoop {
      hasLoop = false
      let answer = unsafe uv_loop_close(uv)
      precondition(answer == 0, "a handle was left open on a loop")
    }
  }

  private static func close<Handle>(_ handle: UnsafeMutablePointer<Handle>) {
    unsafe uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self), nil)
  }

  private static func of(_ data: UnsafeMutableRawPointer?) -> Loop? {
    unsafe data.map { unsafe Unmanaged<Loop>.fromOpaque($0).takeUnretainedValue() }
  }
}
