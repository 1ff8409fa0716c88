// The daemon.

internal import ChannelLedger
internal import ChannelMessages
package import ChannelModel
package import ChannelSockets
internal import LinuxIO
package import Synchronization
package import Transom

/// Serves every channel below its roots: finds them, attends to them, opens those in which something happens, and hands
/// their messages to handlers.
///
/// It lives on a loop, which also drives the process's watcher.
package actor Daemon {
  package nonisolated let loop: Loop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  let configuration: Configuration
  let log: DaemonLog
  let ledger: LedgerKeeper
  let clock: @Sendable () -> WallTime
  private let environment: [String]
  private let watcher: Watcher
  private var finder: ChannelFinder?
  private let told: @Sendable (State) -> Void
  /// What the program ends with.
  package nonisolated let status = Atomic<Int32>(0)
  var handlers: [String: Handler] = [:]
  /// Who waits for room at a handler.
  var waitingForRoom: [String: [CheckedContinuation<Void, Never>]] = [:]
  private(set) var channels: [String: ServedChannel] = [:]
  /// Channels that are to be opened, in order, and how many are being opened.
  private var toOpen: [ServedChannel] = []
  private var openingCount = 0
  private(set) var isEnding = false
  /// Whether all that was there at the beginning is known.
  private var isServing = false
  private var lingerTimer: LoopTimer?
  /// Channels that are being closed, by their paths.
  private var closings: [String: (number: Int, task: Task<Void, Never>)] = [:]
  private var closingCount = 0
  var pauses: [Int: (waiting: CheckedContinuation<Void, Never>, timer: LoopTimer)] = [:]
  var pauseCount = 0
  private var watch: DescriptorWatch?
  private var signals: [SignalWatch] = []
  /// Who asked for what runs already.
  var attached: [String: [CheckedContinuation<RequestOutcome, Never>]] = [:]

  /// So many are opened at once: whoever has ten thousand channels is not to have ten thousand of them open at its start.
  private static let mostOpening = 8
  /// A channel in which nothing happens for so long is closed; one in which nothing has happened since it was found, much
  /// sooner.
  private static let linger = Duration.seconds(30)
  private static let firstLinger = Duration.seconds(1)
  private static let lingerPause = Duration.milliseconds(500)

  package init(
    _ configuration: Configuration,
    on loop: Loop,
    by watcher: Watcher,
    log: DaemonLog,
    ledger: LedgerKeeper,
    environment: [String],
    clock: @escaping @Sendable () -> WallTime,
    told: @escaping @Sendable (State) -> Void
  ) {
    self.configuration = configuration
    self.loop = loop
    self.watcher = watcher
    self.log = log
    self.ledger = ledger
    self.environment = environment
    self.clock = clock
    self.told = told
  }

  // MARK: Beginning and ending

  /// What whoever started it is told.
  package enum State: Sendable {
    case serving(channels: Int)
    case ending
  }

  /// Begins to serve, until it is told to end by a signal: then the loop is stopped. To be called on the loop, once.
  package func begin() {
    do throws(SystemError) {
      watch = try DescriptorWatch(on: loop, watcher.descriptor, of: watcher, for: .readable) { [watcher] _ in
        watcher.drain()
      }
      for signal in [ProgramSignal.terminate, .interrupt] {
        signals.append(
          try SignalWatch(on: loop, signal) { [weak self] in self?.assumeIsolated { $0.toldToEnd() } }
        )
      }
    } catch {
      return fail(error)
    }
    Task {
      do throws(ChannelError) {
        try await ledger.open(at: configuration.state)
      } catch {
        return fail(error)
      }
      if !isEnding { start() }
    }
  }

  private func fail(_ error: any Error) {
    log.say(.error, .daemon, "\(error)")
    status.store((error as? ChannelError)?.code.exitStatus ?? 7, ordering: .releasing)
    loop.stop()
  }

  /// Ends in order; at once when it is told a second time.
  private func toldToEnd() {
    if isEnding { return loop.stop() }
    isEnding = true
    Task {
      await end()
      loop.stop()
    }
  }

  /// Makes the handlers ready, and begins to serve.
  private func start() {
    for setting in configuration.handlers {
      let name = setting.name
      let handler = Handler(setting, environment: environment, on: loop) { [weak self] notice in
        self?.assumeIsolated { $0.heard(notice, of: name) }
      }
      handler.onRoom = { [weak self] in self?.assumeIsolated { $0.hasRoom(name) } }
      handler.prepare()
      handlers[name] = handler
    }
    let timer = LoopTimer(on: loop) { [weak self] in self?.assumeIsolated { $0.closeIdle() } }
    timer.set(every: Self.lingerPause)
    lingerTimer = timer
    let finder = ChannelFinder(by: watcher) { [weak self] news in self?.assumeIsolated { $0.found(news) } }
    self.finder = finder
    for root in configuration.roots { finder.add(root: root) }
    isServing = true
    log.say(.info, .daemon, "ready", [.init("channels", Int64(channels.count))])
    told(.serving(channels: channels.count))
  }

  /// Takes nothing new, lets handlers end what they are at, answers it, and closes everything.
  private func end() async {
    told(.ending)
    log.say(.info, .daemon, "ending", [.init("handlers-may-run-for", "\(configuration.drainLimit)")])
    // What is asked from here on is left to the next daemon.
    for channel in channels.values { channel.stopResponding() }
    finder = nil
    lingerTimer = nil
    for name in handlers.keys { hasRoom(name) }
    for number in Array(pauses.keys) { endPause(number) }
    await drainHandlers()
    for closing in Array(closings.values) { await closing.task.value }
    for channel in channels.values { await close(channel) }
    channels = [:]
    handlers = [:]
    await ledger.close()
    log.say(.info, .daemon, "ended")
  }

  private func drainHandlers() async {
    var left = handlers.count
    guard left > 0 else { return }
    await withCheckedContinuation { done in
      for handler in handlers.values {
        handler.drain(within: configuration.drainLimit) {
          left -= 1
          if left == 0 { done.resume() }
        }
      }
    }
  }

  // MARK: Channels

  private func found(_ news: ChannelFinder.News) {
    switch news {
    case .appeared(let path): serve(path)
    case .gone(let path):
      log.say(.info, .channels, "gone", [.init("channel", path)])
      if let channel = channels.removeValue(forKey: path) { closeLater(channel) }
    case .trouble(let error): log.say(.warning, .channels, "\(error)")
    case .mended(let path): log.say(.info, .channels, "can be looked at again", [.init("directory", path)])
    }
  }

  private func serve(_ path: String) {
    // The nearest root: roots may lie in one another.
    let root = configuration.roots.filter { path == $0 || path.hasPrefix($0 + "/") }.max { $0.count < $1.count } ?? path
    let channel = ServedChannel(path: path, below: root, handlers: configuration.handlers)
    log.say(isServing ? .info : .debug, .channels, "appeared", [.init("channel", path)])
    if let former = channels[path] { closeLater(former) }
    channels[path] = channel
    attend(to: channel)
    // For what was sent before there was anybody to take it.
    if !channel.handlers.isEmpty { wake(channel) }
  }

  private func attend(to channel: ServedChannel) {
    let path = channel.path
    do throws(ChannelError) {
      channel.attention = try ChannelAttention(to: path, by: watcher) { [weak self] sight in
        self?.assumeIsolated { $0.saw(sight, in: path) }
      }
    } catch {
      if channel.failures == 0 { log.say(.warning, .channels, "\(error)") }
      failed(channel)
    }
  }

  /// It is tried again after a while.
  private func failed(_ channel: ServedChannel) {
    channel.failures += 1
    let pause = min(Self.longestRetryPause, .seconds(1) * (1 << min(channel.failures - 1, 6)))
    channel.retry = .now.advanced(by: pause)
  }

  private static let longestRetryPause = Duration.seconds(15)

  private func saw(_ sight: ChannelAttention.Sight, in path: String) {
    guard let channel = channels[path] else { return }
    switch sight {
    case .activity:
      channel.hasHappened = true
      wake(channel)
    case .whole: wake(channel)
    case .gone: finder?.lookAgain(at: path)
    }
  }

  /// Something may be to be done in a channel.
  private func wake(_ channel: ServedChannel) {
    channel.active = .now
    channel.retry = nil
    switch channel.phase {
    case .idle:
      channel.phase = .opening
      toOpen.append(channel)
      openNext()
    case .closing: channel.phase = .closing(again: true)
    case .opening, .open, .over: break
    }
  }

  private func openNext() {
    while openingCount < Self.mostOpening, !toOpen.isEmpty, !isEnding {
      let channel = toOpen.removeFirst()
      openingCount += 1
      Task {
        await open(channel)
        openingCount -= 1
        openNext()
      }
    }
  }

  private func open(_ channel: ServedChannel) async {
    // Of two that follow each other at a path only one may take requests.
    if let former = closings[channel.path] { await former.task.value }
    guard case .opening = channel.phase else { return }
    let (path, sides, log) = (channel.path, Set(channel.handlers.keys), log)
    // On a thread that may wait.
    let result = await Task.detached { () -> Result<OpenChannel, any Error> in
      Result {
        try OpenChannel.open(at: path, as: sides) { log.say(.warning, .channels, "\($0)", [.init("channel", path)]) }
      }
    }.value
    switch result {
    case .success(let open):
      guard case .opening = channel.phase, !isEnding else { return await open.close() }
      channel.failures = 0
      channel.active = .now
      channel.phase = .open(open)
      begin(channel, open)
    case .failure(let error):
      guard case .opening = channel.phase else { return }
      channel.phase = .idle
      failed(channel)
      if channel.failures == 1 { log.say(.warning, .channels, "cannot be opened: \(error)", [.init("channel", path)]) }
    }
  }

  private func closeIdle() {
    let now = Moment.now
    for channel in channels.values {
      if let retry = channel.retry, retry <= now {
        if channel.attention == nil { attend(to: channel) }
        if channel.attention != nil { wake(channel) }
      }
      guard case .open = channel.phase, channel.inFlight == 0,
        now.duration(since: channel.active) >= (channel.hasHappened ? Self.linger : Self.firstLinger)
      else { continue }
      Task { await rest(channel) }
    }
  }

  /// Closes a channel in which nothing happens; what happens meanwhile opens it again.
  private func rest(_ channel: ServedChannel) async {
    guard case .open(let open) = channel.phase else { return }
    channel.phase = .closing(again: false)
    await open.close()
    guard case .closing(let again) = channel.phase else { return }
    channel.phase = .idle
    channel.hasHappened = false
    channel.responders = []
    if again { wake(channel) }
  }

  private func closeLater(_ channel: ServedChannel) {
    let (path, former) = (channel.path, closings[channel.path]?.task)
    closingCount += 1
    let number = closingCount
    let task = Task {
      await former?.value
      await close(channel)
      if closings[path]?.number == number { closings[path] = nil }
    }
    closings[path] = (number, task)
  }

  private func close(_ channel: ServedChannel) async {
    channel.attention?.end()
    let phase = channel.phase
    channel.phase = .over
    if case .open(let open) = phase { await open.close() }
  }
}
