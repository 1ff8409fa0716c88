// The daemon.

internal import ChannelAdmin
internal import ChannelBridge
internal import ChannelLedger
internal import ChannelMessages
package import ChannelModel
package import ChannelSockets
package import LinuxIO
package import Synchronization
package import Transom

/// Serves every channel below its roots: finds them, attends to them, opens those in which something happens, and hands
/// their messages to handlers.
///
/// It lives on a loop, which also drives the process's watcher. This file has its beginning and end; what it does with
/// channels, requests and events, and what it tells, is in the others.
package actor Daemon {
  package nonisolated let loop: Loop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  /// What the program around it does for it.
  package struct Surroundings: Sendable {
    /// What handlers inherit, as `NAME=value`.
    package var environment: [String]
    package var clock: @Sendable () -> WallTime
    /// Reads the configuration files anew.
    package var load: @Sendable () throws(ConfigurationError) -> EffectiveConfiguration
    /// Descriptors that whoever started the program has opened for it.
    package var activated: ActivatedDescriptors
    /// How often it is to be told that the daemon lives; nil where nobody wants to know.
    package var alivePause: Duration?
    /// Hears what has become of the daemon.
    package var told: @Sendable (State) -> Void

    package init(
      environment: [String],
      clock: @escaping @Sendable () -> WallTime,
      load: @escaping @Sendable () throws(ConfigurationError) -> EffectiveConfiguration,
      activated: ActivatedDescriptors,
      alivePause: Duration?,
      told: @escaping @Sendable (State) -> Void
    ) {
      self.environment = environment
      self.clock = clock
      self.load = load
      self.activated = activated
      self.alivePause = alivePause
      self.told = told
    }
  }

  /// What whoever started it is told.
  package enum State: Sendable {
    case serving(channels: Int)
    case reloading
    /// It goes round.
    case alive
    case ending
  }

  let log: DaemonLog
  let ledger: LedgerKeeper
  let watcher: Watcher
  let surroundings: Surroundings
  /// What the program ends with.
  package nonisolated let exitStatus = Atomic<Int32>(0)

  var effective: EffectiveConfiguration
  var phase = DaemonStatus.Phase.starting
  /// How its configuration came about.
  var origin: DaemonStatus.Configuration
  let began: WallTime
  var finder: ChannelFinder?
  var roots: [String: RootLock]
  var rootTroubles: [String: String] = [:]
  /// Roots that another daemon has taken while ours was gone.
  var lostRoots: Set<String> = []
  var handlers: [String: ServedHandler] = [:]
  /// Those that a new configuration has replaced, while they end what they are at.
  var leaving: [ServedHandler] = []
  var channels: [String: ServedChannel] = [:]
  var channelCount = 0
  /// Channels that are to be opened, in order, and how many are being opened.
  var toOpen: [ServedChannel] = []
  /// Those that are only to be looked at, once there is time.
  var toLook: [ServedChannel] = []
  /// Those that are open, or are to be tried again, by their numbers.
  var tended: [Int: ServedChannel] = [:]
  var openingCount = 0
  /// Channels that are being closed, by their paths.
  var closings = Endings<String>()
  var pauses: [Int: (waiting: CheckedContinuation<Void, Never>, timer: LoopTimer)] = [:]
  var pauseCount = 0
  /// The requests that run, by what makes them the same, each with those that came again meanwhile.
  var running: [String: [RequestJob]] = [:]
  /// What bridges and doors were last told to use, the channels that have bridges, by their numbers, and bridges that are
  /// being ended, by their names and channels.
  var material: ConnectionMaterial
  var bridged: [Int: ServedChannel] = [:]
  var bridgeEndings = Endings<String>()
  var carryingOpenings = 0
  var waitingOpenings: [CheckedContinuation<Void, Never>] = []
  var noticeLimits: [String: NoticeLimit] = [:]
  /// The bridges that are being ended, and what has gone over those that have ended.
  var leavingBridges: [ObjectIdentifier: ServedBridge] = [:]
  var formerFigures: [BridgeSetting: BridgeFigures] = [:]
  /// By where they are; those that are being closed; and the channels that are open for those who came by them.
  var doors: [Endpoint: ServedDoor] = [:]
  var doorEndings = Endings<Endpoint>()
  var doorBridges: [DoorBridge.Place: DoorBridge] = [:]
  var doorClosings = Endings<DoorBridge.Place>()
  /// How many doors have sent away since the beginning.
  var sentAwayCount = 0
  /// When those who came by doors were told last that there is still somebody.
  var lifeShown = Moment.now
  /// When it was looked last who of those has not come for long.
  var readersSeen = Moment.now
  /// What was opened for bridges and doors before the program was begun, and which of it nobody has wanted, as was told.
  let sockets: LentSockets
  var toldSockets: Set<Int32> = []
  var letterCount = 0
  var isReloading = false
  private var services: DaemonServices?
  private var tending: LoopTimer?
  private var tendCount = 0
  private var living: LoopTimer?
  private var drive: WatcherDrive?
  private var signals: [SignalWatch] = []

  private static let tendPause = Duration.milliseconds(500)
  /// Roots are looked at every few seconds.
  private static let tendsPerRoot = 4

  /// With what was found when the configuration was looked at, which kept nobody from beginning.
  package init(
    _ effective: EffectiveConfiguration,
    _ found: ConfigurationCheck,
    roots: [String: RootLock],
    on loop: Loop,
    by watcher: Watcher,
    log: DaemonLog,
    ledger: LedgerKeeper,
    in surroundings: Surroundings
  ) {
    self.effective = effective
    material = found.material
    self.roots = roots
    self.loop = loop
    self.watcher = watcher
    self.log = log
    self.ledger = ledger
    self.surroundings = surroundings
    sockets = LentSockets(surroundings.activated)
    began = surroundings.clock()
    origin = DaemonStatus.Configuration(files: effective.files, loaded: began)
  }

  var configuration: Configuration { effective.configuration }
  var isEnding: Bool { phase == .ending }

  // MARK: Beginning

  /// Begins to serve, until it is told to end by a signal: then the loop is stopped. To be called on the loop, once.
  package func begin() {
    do throws(SystemError) {
      drive = try WatcherDrive(watcher, by: loop)
      for signal in [ProgramSignal.terminate, .interrupt] {
        signals.append(
          try SignalWatch(on: loop, signal) { [weak self] in self?.assumeIsolated { $0.toldToEnd() } }
        )
      }
      signals.append(
        try SignalWatch(on: loop, .hangUp) { [weak self] in self?.assumeIsolated { $0.toldToReload() } }
      )
    } catch {
      return fail(error)
    }
    Task {
      do throws(ChannelError) {
        try await ledger.open(at: configuration.state)
        letterCount = try await ledger.letters { $0.count }
      } catch {
        return fail(error)
      }
      guard !isEnding else { return }
      do throws(ChannelError) {
        // Before anything is opened: a place that such a socket is at cannot be had by another.
        tellOfUnclaimedSockets()
        services = try DaemonServices(for: self, configuration, surroundings.activated, log: log)
        doors = try openDoors(configuration.doors, material)
      } catch {
        return fail(error)
      }
      start()
    }
  }

  private func fail(_ error: any Error) {
    log.say(.error, .daemon, "\(error)")
    exitStatus.store((error as? ChannelError)?.code.exitStatus ?? 7, ordering: .releasing)
    loop.stop()
  }

  /// Makes the handlers ready, and begins to serve.
  private func start() {
    for setting in configuration.handlers { handlers[setting.name] = serve(setting) }
    let timer = LoopTimer(on: loop) { [weak self] in self?.assumeIsolated { $0.tend() } }
    timer.set(every: Self.tendPause)
    tending = timer
    if let pause = surroundings.alivePause {
      let timer = LoopTimer(on: loop) { [told = surroundings.told] in told(.alive) }
      timer.set(every: pause)
      living = timer
    }
    let finder = ChannelFinder(by: watcher) { [weak self] news in self?.assumeIsolated { $0.found(news) } }
    self.finder = finder
    for root in configuration.roots { finder.add(root: root) }
    phase = .serving
    log.say(.info, .daemon, "ready", [.init("channels", Int64(channels.count))])
    surroundings.told(.serving(channels: channels.count))
  }

  /// A handler that begins its work.
  func serve(_ setting: HandlerSetting) -> ServedHandler {
    let name = setting.name
    // Whose figures it tells of: by its name another one may be found, once it is replaced.
    weak var teller: ServedHandler?
    // What waits for a program waits here, where a new configuration finds it: a handler gets what it has room for.
    let handler = Handler(
      setting,
      environment: surroundings.environment,
      on: loop,
      mostWaiting: setting.concurrency
    ) { [weak self] notice in
      teller?.heard(notice)
      self?.assumeIsolated { $0.log(notice, of: name) }
    }
    let served = ServedHandler(handler)
    teller = served
    handler.onRoom = { [weak served] in served?.hasRoom() }
    handler.prepare()
    return served
  }

  private func tend() {
    tendChannels()
    tendBridges()
    tendDoors()
    tendReaders()
    tendCount += 1
    if tendCount.isMultiple(of: Self.tendsPerRoot) { tendRoots() }
  }

  // MARK: Ending

  /// Ends in order; at once when it is told a second time.
  private func toldToEnd() {
    if isEnding { return loop.stop() }
    phase = .ending
    Task {
      await end()
      loop.stop()
    }
  }

  /// Takes nothing new, lets handlers end what they are at, answers it, and closes everything.
  private func end() async {
    surroundings.told(.ending)
    log.say(.info, .daemon, "ending", [.init("handlers-may-run-for", DurationText.text(configuration.drainLimit))])
    // What is asked from here on is left to the next daemon, and so is what waits for a handler.
    for channel in channels.values { stopAnswering(in: channel) }
    finder = nil
    tending = nil
    for served in handlers.values { served.giveUp() }
    for number in Array(pauses.keys) { endPause(number) }
    await drain(Array(handlers.values) + leaving)
    await endDoors()
    await endBridges()
    for closing in closings.tasks { await closing.value }
    for channel in channels.values { await close(channel) }
    channels = [:]
    handlers = [:]
    services?.close()
    await ledger.close()
    log.say(.info, .daemon, "ended")
  }

  private func drain(_ served: [ServedHandler]) async {
    var left = served.count
    guard left > 0 else { return }
    await withCheckedContinuation { done in
      for served in served {
        served.handler.drain(within: configuration.drainLimit) {
          left -= 1
          if left == 0 { done.resume() }
        }
      }
    }
  }
}
