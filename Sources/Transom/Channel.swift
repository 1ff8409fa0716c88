// A channel as its user sees it.

public import ChannelMessages
internal import ChannelModel
package import LinuxIO
internal import Synchronization

/// One side's end of a directory channel: sends to the other side, and gets what that one sends.
///
/// ```swift
/// let channel = try Channel(at: "/run/app/ui", as: .frontend)
/// let answer = try await channel.request("getUser", ["id": 7], timeout: .seconds(5))
/// ```
///
/// A channel may be used from any number of tasks and threads. Each call that may have to wait exists twice under one
/// name: in asynchronous code the `async` one is chosen, which suspends the task; elsewhere the one that blocks the
/// calling thread. The channel ends with `close()` or with its last reference.
public final class Channel: Sendable {
  /// The channel's directory, as it was given.
  public let path: String
  /// Which end this is.
  public let side: Side
  let core: ChannelCore
  let outbox: Outbox
  let requests: Requests
  let responders: Responders
  let onTrouble: @Sendable (ChannelError) -> Void
  private let troubles: Troubles.Listener
  /// Each until whoever subscribed lets go of it, or closes it.
  private let readings = Mutex<[Reading]>([])
  private let isClosed = Atomic(false)

  /// Opens a channel, making it if there is none.
  ///
  /// - Parameters:
  ///   - path: The channel's directory.
  ///   - side: Which end this program is.
  ///   - options: How it is opened.
  ///   - onTrouble: Told what goes wrong where nobody waits for it: a responder that can no longer read, or whose answer
  ///     cannot be sent; what a 1.0 program wrote that is no message. Without it that is one line on standard error.
  /// - Throws: ``ChannelError``.
  public convenience init(
    at path: String,
    as side: Side,
    options: ChannelOptions = ChannelOptions(),
    onTrouble: (@Sendable (ChannelError) -> Void)? = nil
  ) throws {
    try self.init(at: path, as: side, options: options, calls: KernelCalls.shared, onTrouble: onTrouble)
  }

  /// Opens a channel whose files are reached through a layer of the caller's; the first to open a channel in a process
  /// decides for that process.
  package init(
    at path: String,
    as side: Side,
    options: ChannelOptions,
    calls: any FileCalls,
    onTrouble: (@Sendable (ChannelError) -> Void)?
  ) throws {
    self.path = path
    self.side = side
    core = try SharedCores.shared.core(at: path, options, calls: calls)
    outbox = Outbox(
      core: core,
      direction: Direction(writtenBy: side),
      durability: options.durability,
      visibility: options.visibility,
      timeout: options.sendTimeout
    )
    requests = Requests(core, answersIn: Direction(writtenBy: side.other))
    self.onTrouble = onTrouble ?? { StandardError.write("transom: \($0)\n") }
    troubles = Troubles.Listener(self.onTrouble)
    core.options.troubles.add(troubles)
    core.beginUse()
    responders = Responders(
      core,
      requestsIn: Direction(writtenBy: side.other),
      outbox: outbox,
      onTrouble: self.onTrouble
    )
    // So that a wrong path is told here and not at the first message.
    _ = try core.folder()
  }

  deinit {
    finishAll()
  }

  /// Whether this program only looks on, because nothing may be written here or ``ChannelOptions/access`` says so.
  ///
  /// A monitor has ``messages`` without a name, of what programs that use Transom send as well as 1.0 programs, and changes
  /// nothing; what takes writing is refused with ``ChannelError/Code/refused``. See <doc:BesideOtherPrograms>.
  public var isMonitor: Bool { core.isMonitor }

  /// The direction that this side reads.
  var incoming: Direction { Direction(writtenBy: side.other) }

  /// The thread that notices changes, as an executor: a task that runs there meets a message without a change of
  /// threads.
  ///
  /// ```swift
  /// try await withTaskExecutorPreference(channel.executor) { try await serve(channel) }
  /// ```
  ///
  /// What runs there must not block: it would keep all channels of the process from noticing anything.
  public var executor: any TaskExecutor {
    // Where the kernel has no more threads tasks run as they do without it, only slower.
    do { try core.watcher.startThread() } catch { return globalConcurrentExecutor }
    return core.watcher.executor
  }

  // MARK: Closing

  /// Ends the channel's streams, waits for answers that are being worked on, writes the places of its readers, and shows
  /// 1.0 programs what they are still to see.
  ///
  /// From within a responder's function it does not wait for answers, of which its own is one; that is sent afterwards.
  public func close() async {
    do {
      // Leaving a group may have to wait for its lock.
      try await HelperThreads.shared.run { self.finishAll() }
    } catch {
      // No helper thread is to be had, so this one does it.
      finishAll()
    }
    if !responders.isHandling { await responders.finish() }
  }

  /// Ends the channel's streams, waits on this thread for answers that are being worked on, and writes the places of its
  /// readers.
  ///
  /// From within a responder's function it does not wait for answers, of which its own is one; that is sent afterwards.
  @available(*, noasync, message: "await close() instead")
  public func close() {
    trapOnWatcherThread()
    finishAll()
    if !responders.isHandling { responders.finishBlocking() }
  }

  private func finishAll() {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    responders.stopTaking(closedError)
    requests.close(closedError)
    for reading in readings.withLock({ $0 }) { end(reading) }
    do throws(ChannelError) {
      try outbox.showOwed()
    } catch {
      onTrouble(error)
    }
    core.endUse()
  }

  private var closedError: ChannelError {
    ChannelError(.closed, at: path, "this program has closed the channel", hint: "open it again")
  }

  // MARK: For the parts of the API

  /// Checks that it is open, and no monitor's.
  package func checkMayWrite(_ deed: String) throws(ChannelError) {
    try checkOpen()
    if core.isMonitor { throw core.refusal(of: deed) }
  }

  func checkOpen() throws(ChannelError) {
    if isClosed.load(ordering: .acquiring) { throw closedError }
  }

  func add(_ reading: Reading) {
    readings.withLock { $0.append(reading) }
    // It may have been closed since it was asked for the stream.
    if isClosed.load(ordering: .acquiring) { end(reading) }
  }

  /// Ends a stream, waiting for locks so long at most; without them what it had is delivered again, as after a crash.
  func end(_ reading: Reading, waiting patience: Duration = .seconds(1)) {
    readings.withLock { list in list.removeAll { $0 === reading } }
    do throws(ChannelError) {
      try reading.close(waiting: patience)
    } catch {
      onTrouble(error)
    }
  }

  /// Blocking there would wait for itself.
  func trapOnWatcherThread(_ call: StaticString = #function) {
    if core.watcher.isDrivingThread {
      fatalError(
        """
        Channel.\(call) blocks, and was called on the thread that notices changes: \
        use the async one, or another thread
        """
      )
    }
  }
}
