// Where the web comes in.

package import ChannelModel
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
  private(set) var channels: any DoorChannels
  private(set) var told: @Sendable (DoorNotice) -> Void
  private var address: PeerAddress
  /// What listens already, and belongs to somebody else; nil where the door has to see to that.
  private let lent: Int32?
  private let security: TLSContext?
  private(set) var access: DoorAccess
  let meter = AccessMeter()
  private let limits: HTTPServerLimits
  private(set) var server: HTTPServer?
  private var lifeTimer: LoopTimer?
  /// Who was there when it was looked last, and who has come since.
  private var guests: [DoorGuest] = []
  private var answering = 0
  private(set) var isEnding = false

  /// A request may be waited for so long at most, as who asks wants it.
  static let longestWait = Duration.seconds(600)
  /// Proxies and browsers end what is silent for longer.
  private static let lifePause = Duration.seconds(15)
  /// So long what is being answered may still take at the end.
  private static let drainTime = Duration.seconds(2)
  /// And so long he may read that it is in vain.
  private static let partingTime = Duration.milliseconds(500)

  /// `lent` is a descriptor that is known to listen there already, as whoever started this program has left it: the door
  /// makes do with a copy, so that another one may have it after this.
  package init(
    at address: PeerAddress,
    lent: Int32? = nil,
    securedBy security: TLSContext? = nil,
    to channels: any DoorChannels,
    letting access: DoorAccess,
    connections: Int = 1_024,
    on loop: Loop,
    told: @escaping @Sendable (DoorNotice) -> Void
  ) {
    precondition(address.isSecure == (security != nil), "an address that is secured needs what secures it")
    self.address = address
    self.lent = lent
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
      server = try makeServer(at: address.place(lent))
    } catch {
      throw address.cannotListen(error)
    }
    let timer = LoopTimer(on: loop) { [weak self] in self?.assumeIsolated { $0.attend() } }
    timer.set(every: Self.lifePause)
    lifeTimer = timer
    told(.listening(at: "\(address.at(port: port))"))
  }

  private func makeServer(at endpoint: Endpoint) throws(SystemError) -> HTTPServer {
    try HTTPServer(
      at: endpoint,
      securedBy: security,
      knowsUpgrades: true,
      methods: Set(HTTPMethod.allCases),
      on: loop,
      limits: limits,
      judgingHeads: { [weak self] head, caller in self?.assumeIsolated { $0.refusal(ofHead: head, from: caller) } }
    ) { [weak self] event in self?.assumeIsolated { $0.hear(event) } }
  }

  /// The port at which it listens, also where any would do.
  package var port: UInt16? { server?.port }

  /// Who is there, and what was answered until now.
  package var figures: DoorFigures {
    var figures = meter.figures
    figures.connections = (server?.connectionCount ?? 0) + guests.count { $0.visitor != nil }
    return figures
  }

  private func hear(_ event: HTTPServer.Event) {
    switch event {
    case .request(let request, let caller, let number):
      answering += 1
      onLoop { door in
        if let response = await door.answer(request, from: caller, of: number) { door.server?.answer(number, response) }
        door.answering -= 1
      }
    case .full: told(.full(most: limits.connections))
    case .paused(let error): told(.paused(error))
    }
  }

  /// Begins something whose every step is on the loop: also what is nobody's actor, such as waiting for the channel's answer,
  /// for which the task would else change threads twice.
  private func onLoop(_ body: @escaping @Sendable (isolated Door) async -> Void) {
    Task(executorPreference: loop) { await body(self) }
  }

  // MARK: Those who are there

  private func attend() {
    channels.showLife()
    review()
  }

  /// Has a bridge speak with somebody who was let in.
  func bring(
    _ handed: HandedStream,
    _ visitor: Visitor,
    to bridge: Bridge,
    _ manner: DoorManner,
    _ keeping: Keeping?
  ) async {
    let wasSecure = address.isSecure
    guard let peer = await bridge.welcome(handed, visitor, manner, keeping: keeping) else { return }
    let guest = DoorGuest(peer, of: bridge)
    if isEnding { return guest.part() }
    guests.append(guest)
    // Others may hold than when he was let in.
    review(guests[guests.count - 1], at: ChannelFolder.wallClock())
    if address.isSecure != wasSecure { guest.dismiss() }
  }

  /// Others may come in from here on, and whoever may not any more, or may do something else, is sent away.
  package func replace(access: DoorAccess) {
    self.access = access
    review()
  }

  /// The same of a door that goes on at its place: it leads to these channels, which others of ours may have to do with as
  /// well, and connections to come are secured by this. Whoever is connected is sent away where those are secured in another
  /// way than his.
  package func renew(
    as address: PeerAddress,
    to channels: any DoorChannels,
    letting access: DoorAccess,
    securedBy security: TLSContext? = nil,
    told: @escaping @Sendable (DoorNotice) -> Void
  ) {
    precondition(address.isSecure == (security != nil), "an address that is secured needs what secures it")
    let former = self.address
    self.address = address
    self.channels = channels
    self.told = told
    server?.security = security
    if address.isSecure != former.isSecure {
      dismissAll(because: address.isSecure ? "the door is secured now" : "the door is secured no more")
      server?.partFromAll()
      told(.listening(at: "\(address.at(port: port))"))
    }
    replace(access: access)
  }

  /// Sends all away who are there.
  package func dismissAll(because why: String) {
    for guest in guests {
      guard let visitor = guest.visitor else { continue }
      guest.dismiss()
      told(.dismissed(who: "\(visitor.identity)", why: why))
    }
  }

  /// Sends those away who may not be here any more, as when a token has expired.
  package func review(at now: WallTime = ChannelFolder.wallClock()) {
    guests.removeAll { $0.visitor == nil }
    for guest in guests { review(guest, at: now) }
  }

  private func review(_ guest: DoorGuest, at now: WallTime) {
    guard let visitor = guest.visitor, let why = objection(to: visitor, at: now) else { return }
    guest.dismiss()
    told(.dismissed(who: "\(visitor.identity)", why: why))
  }

  private func objection(to visitor: Visitor, at now: WallTime) -> String? {
    guard channels.leads(toChannel: visitor.channel) else { return "the door leads to \(visitor.channel) no more" }
    return access.objection(to: visitor.pass, at: now)
  }

  /// Lets nobody in any more, so that another one may be at its place from now on. Whoever is here stays until the end.
  package func shut() { server?.closeDoor() }

  /// Lets nobody in any more, waits a moment for what is being answered, and sends those away who are there.
  package func end() async {
    guard !isEnding else { return }
    isEnding = true
    lifeTimer?.cancel()
    shut()
    let deadline = Moment.now.advanced(by: Self.drainTime)
    while Moment.now < deadline, answering > 0 { await loop.pause(.milliseconds(10)) }
    if answering > 0 { await giveUpAnswering() }
    server?.close()
    for guest in guests { guest.part() }
    guests = []
  }

  /// Tells whoever still waits that it is in vain, and leaves him a moment to read it.
  private func giveUpAnswering() async {
    server?.answerAll { response(to: $0, for: .ending) }
    let deadline = Moment.now.advanced(by: Self.partingTime)
    while Moment.now < deadline, server?.connectionCount ?? 0 > 0 { await loop.pause(.milliseconds(10)) }
  }
}
