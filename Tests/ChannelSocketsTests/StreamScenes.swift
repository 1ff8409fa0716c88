// What tests of streams and listeners begin with.

internal import ChannelSockets
internal import LinuxIO
internal import TestSupport
internal import Testing

/// Somebody on a loop who listens, and remembers what those who came did.
actor Host {
  /// What is done with those who come.
  enum Manner: Sendable {
    /// All is taken, and nothing said.
    case listens
    /// All is sent back, and the end as well.
    case echoes
    /// Nothing is read until it is told to.
    case waits
    /// It lets go of them at once.
    case forgets
  }

  struct Guest {
    let stream: ByteStream
    let peer: PeerCredentials?
    var received: [UInt8] = []
    /// What could not be sent back yet.
    var held: [UInt8] = []
    /// All but what it sent.
    var others: [StreamEvent] = []

    var end: StreamEnd? {
      for case .closed(let end) in others { return end }
      return nil
    }
  }

  private let loop: Loop
  private let manner: Manner
  private let security: TLSContext?
  private var listener: StreamListener?
  private(set) var guests: [Guest] = []
  private(set) var refusals = 0
  private(set) var pauses: [SystemError] = []
  /// Those by whom it goes to others.
  private(set) var connectors: [ConnectorBox] = []
  /// What came of them where no stream did.
  private(set) var failures: [SystemError] = []

  init(on loop: Loop, _ manner: Manner = .listens, security: TLSContext? = nil) {
    self.loop = loop
    self.manner = manner
    self.security = security
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  /// Listens, and answers the port.
  @discardableResult
  func listen(
    at endpoint: Endpoint,
    limits: ListenerLimits = ListenerLimits(connections: 10_000)
  ) throws(SystemError) -> UInt16 {
    let listener = try StreamListener(at: endpoint, limits: limits, on: loop) { [weak self] event in
      self?.assumeIsolated { $0.hear(event) }
    }
    self.listener = listener
    return listener.port ?? 0
  }

  func closeListener() { listener?.close() }
  func letGoOfListener() { listener = nil }
  func letGoOfGuests() { guests = [] }
  var openCount: Int { listener?.openCount ?? -1 }
  var refusedCount: UInt64 { listener?.refusedCount ?? 0 }

  /// Has to do with one end of a pair, in place of one who came.
  func take(_ limits: StreamLimits = StreamLimits()) throws -> PairedEnd {
    let (ours, theirs) = try StreamSocket.pair()
    welcome(try ByteStream(ours, limits: limits, on: loop), nil)
    return PairedEnd(theirs)
  }

  /// Has to do with a stream that is made here.
  func take(_ make: @Sendable (Loop) throws(SystemError) -> ByteStream) throws(SystemError) {
    welcome(try make(loop), nil)
  }

  /// Goes to somebody who listens, in place of one who came.
  @discardableResult
  func connect(to endpoint: Endpoint, within limit: Duration = .seconds(20)) -> ConnectorBox {
    let connector = StreamConnector(to: endpoint, within: limit, on: loop) { [weak self] result in
      self?.assumeIsolated { $0.hear(result) }
    }
    let box = ConnectorBox(connector)
    connectors.append(box)
    return box
  }

  /// On the loop.
  func cancel(_ box: ConnectorBox) { box.cancel() }

  /// Breaks it off before the loop has turned.
  func connectAndCancel(_ endpoint: Endpoint) { connect(to: endpoint).cancel() }

  private func hear(_ result: Result<ByteStream, SystemError>) {
    switch result {
    case .success(let stream): welcome(stream, nil)
    case .failure(let error): failures.append(error)
    }
  }

  /// Waits so long on the loop.
  func pass(_ time: Duration) async {
    let isOver = Latch()
    let timer = LoopTimer(on: loop) { isOver.open() }
    timer.set(after: time)
    await isOver.passed()
    withExtendedLifetime(timer) {}
  }

  /// Has to do with an end that others have.
  func take(_ end: PairedEnd, _ limits: StreamLimits = StreamLimits()) throws {
    welcome(try ByteStream(end.socket, limits: limits, on: loop), nil)
  }

  /// The same, and writes before anything can happen there.
  func take(_ end: PairedEnd, writing bytes: [UInt8]) throws -> ByteStream.Writing? {
    try take(end)
    return guests.last?.stream.write(bytes)
  }

  /// Joins the Unix socket that listens at a path.
  func connect(to path: String) throws {
    welcome(try ByteStream(try StreamSocket(connectedTo: path), on: loop), nil)
  }

  /// Does something with a guest.
  func with<Result: Sendable>(_ index: Int = 0, _ body: @Sendable (ByteStream) -> Result) -> Result {
    body(guests[index].stream)
  }

  var waitingCount: Int { guests[0].stream.waitingCount }
  var received: [UInt8] { guests.first?.received ?? [] }
  var others: [StreamEvent] { guests.first?.others ?? [] }

  private func hear(_ event: ListenerEvent) {
    switch event {
    case .connected(let stream, let peer): if manner != .forgets { welcome(stream, peer) }
    case .refused: refusals += 1
    case .paused(let error): pauses.append(error)
    }
  }

  private func welcome(_ stream: ByteStream, _ peer: PeerCredentials?) {
    let index = guests.count
    guests.append(Guest(stream: stream, peer: peer))
    if manner == .waits { stream.pauseReading() }
    if let security { #expect(throws: Never.self) { try stream.secure(by: security) } }
    stream.begin { [weak self] event in
      self?.assumeIsolated { $0.hear(event, from: index) }
    }
  }

  private func hear(_ event: StreamEvent, from index: Int) {
    guard guests.indices.contains(index) else { return }
    if case .received(let bytes) = event { guests[index].received += bytes } else { guests[index].others.append(event) }
    guard manner == .echoes else { return }
    switch event {
    case .received(let bytes): sendBack(bytes, to: index)
    case .drained:
      sendBack(guests[index].held, to: index)
      guests[index].stream.resumeReading()
    case .inputEnded: guests[index].stream.finishWriting()
    case .secured, .outputRefused, .closed: break
    }
  }

  private func sendBack(_ bytes: [UInt8], to index: Int) {
    guests[index].held = []
    guard guests[index].stream.write(bytes) == .full else { return }
    guests[index].held = bytes
    guests[index].stream.pauseReading()
  }
}

/// A connector, which any thread may let go of.
final class ConnectorBox: @unchecked Sendable {
  // @unchecked: one thread at a time has it.
  private var connector: StreamConnector?

  init(_ connector: StreamConnector) {
    self.connector = connector
  }

  /// On the loop's thread.
  func cancel() { connector?.cancel() }

  func letGo() { connector = nil }
}

/// The other end of a pair, which any thread may have.
final class PairedEnd: @unchecked Sendable {
  // @unchecked: one test has it.
  let socket: StreamSocket

  init(_ socket: StreamSocket) {
    self.socket = socket
  }

  /// Takes what is there now.
  func take() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case .moved(let count) = try socket.read(into: &buffer) { bytes += buffer.prefix(count) }
    return bytes
  }

  /// Gives all that there is room for, and answers how much that was.
  func fill() throws -> Int {
    var count = 0
    let part = [UInt8](repeating: 7, count: 1 << 16)
    while case .moved(let more) = try socket.write(part[...]) { count += more }
    return count
  }

  /// Gives all of it, as there comes to be room for it.
  func give(_ bytes: [UInt8]) async throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      try await eventually {
        guard case .moved(let count) = try socket.write(rest) else { return false }
        rest = rest.dropFirst(count)
        return true
      }
    }
  }

  func close() { socket.close() }
}

/// Bytes of which none is like its neighbours.
func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 31 &+ $0 >> 8) }
}

extension Host {
  /// Waits until something holds of what was heard.
  nonisolated func until(_ holds: @Sendable (isolated Host) -> Bool) async throws {
    try await eventually { await look(holds) }
  }

  private func look(_ holds: @Sendable (isolated Host) -> Bool) -> Bool { holds(self) }
}
