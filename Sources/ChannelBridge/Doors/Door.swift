// Where the web comes in.

internal import ChannelModel
package import ChannelSockets
internal import ChannelWires
internal import LinuxIO
package import Transom

/// Serves channels over HTTP and WebSocket: whoever asks there asks the channel, and whoever listens there gets its events.
///
/// It lives on the loop that drives the watcher of its channels.
package actor Door {
  package nonisolated let loop: Loop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
  let channels: any DoorChannels
  let told: @Sendable (DoorNotice) -> Void
  private let address: PeerAddress
  private let security: TLSContext?
  let access: DoorAccess
  let meter = AccessMeter()
  private let limits: HTTPServerLimits
  private(set) var server: HTTPServer?
  private var lifeTimer: LoopTimer?
  private var answering = 0
  /// Whether it was said that too many are connected, since that began.
  private var hasSaidFull = false
  private var isEnding = false

  /// A request may be waited for so long at most, as who asks wants it.
  static let longestWait = Duration.seconds(600)
  /// Proxies and browsers end what is silent for longer.
  private static let lifePause = Duration.seconds(15)
  /// So long what is being answered may still take at the end.
  private static let drainTime = Duration.seconds(2)

  package init(
    at address: PeerAddress,
    securedBy security: TLSContext? = nil,
    to channels: any DoorChannels,
    letting access: DoorAccess,
    connections: Int = 1_024,
    on loop: Loop,
    told: @escaping @Sendable (DoorNotice) -> Void
  ) {
    precondition(address.isSecure == (security != nil), "an address that is secured needs what secures it")
    self.address = address
    self.security = security
    self.channels = channels
    self.access = access
    self.loop = loop
    self.told = told
    limits = HTTPServerLimits(
      connections: connections,
      patience: .seconds(30),
      answering: Self.longestWait + .seconds(30),
      body: 1 << 20,
      stream: Bridge.limits
    )
  }

  /// Listens from here on.
  package func begin() throws(ChannelError) {
    do throws(SystemError) {
      server = try HTTPServer(
        at: address.endpoint,
        securedBy: security,
        knowsUpgrades: true,
        on: loop,
        limits: limits
      ) { [weak self] event in self?.assumeIsolated { $0.hear(event) } }
    } catch {
      throw ChannelError(error, at: "\(address)")
    }
    let timer = LoopTimer(on: loop) { [channels] in channels.showLife() }
    timer.set(every: Self.lifePause)
    lifeTimer = timer
    told(.listening(at: "\(address.at(port: port))"))
  }

  /// The port at which it listens, also where any would do.
  package var port: UInt16? { server?.port }

  private func hear(_ event: HTTPServer.Event) {
    switch event {
    case .request(let request, let caller, let number):
      answering += 1
      onLoop { door in
        if let response = await door.answer(request, from: caller, of: number) { door.server?.answer(number, response) }
        door.answering -= 1
      }
    case .full:
      guard !hasSaidFull else { return }
      hasSaidFull = true
      told(.full(most: limits.connections))
    case .left: hasSaidFull = false
    case .paused(let error): told(.paused(error))
    }
  }

  /// Begins something whose every step is on the loop: also what is nobody's actor, such as waiting for the channel's answer,
  /// for which the task would else change threads twice.
  private func onLoop(_ body: @escaping @Sendable (isolated Door) async -> Void) {
    Task(executorPreference: loop) { await body(self) }
  }

  /// Lets nobody in any more, and waits a moment for what is being answered; whom it handed over to bridges stays there.
  package func end() async {
    guard !isEnding else { return }
    isEnding = true
    lifeTimer?.cancel()
    server?.closeDoor()
    let deadline = Moment.now.advanced(by: Self.drainTime)
    while Moment.now < deadline, answering > 0 { await loop.pause(.milliseconds(10)) }
    server?.close()
  }
}
