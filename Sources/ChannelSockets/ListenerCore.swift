// What lives on the loop of a listener.

internal import LinuxIO

/// A listener from its beginning to its end. The loop holds it until then.
final class ListenerCore: LoopResident, @unchecked Sendable {
  // @unchecked: it is touched on the loop's thread only, but for `port`, which stays; `letGo` goes there.

  /// So many are let in before others have their turn.
  private static let mostAtOnce = 64
  private static let shortestPause = Duration.milliseconds(20)
  private static let longestPause = Duration.seconds(1)

  let loop: Loop
  let port: UInt16?
  private let socket: ListeningSocket
  private let limits: ListenerLimits
  /// Nil when it is over.
  private var onEvent: ((ListenerEvent) -> Void)?
  private var watch: DescriptorWatch?
  private var retry: LoopTimer?
  /// The next one, while nothing can be taken.
  private var pause: Duration?
  private(set) var openCount = 0
  private(set) var refusedCount: UInt64 = 0

  init(
    _ endpoint: Endpoint,
    _ limits: ListenerLimits,
    on loop: Loop,
    _ onEvent: @escaping (ListenerEvent) -> Void
  ) throws(SystemError) {
    loop.requireOwnThread()
    guard !loop.isEnding else { throw .loopIsEnding("bind", on: "\(endpoint)") }
    let socket = try ListeningSocket(at: endpoint)
    self.socket = socket
    self.loop = loop
    self.limits = limits
    port = socket.port
    self.onEvent = onEvent
    if let number = socket.number {
      watch = try DescriptorWatch(on: loop, number, of: socket, for: .readable) { [weak self] _ in self?.take() }
    }
    loop.residents[ObjectIdentifier(self)] = self
  }

  /// Lets in those who wait.
  private func take() {
    do throws(SystemError) {
      for _ in 0..<Self.mostAtOnce {
        guard onEvent != nil, let connection = try socket.accept() else { return }
        pause = nil
        receive(connection)
      }
    } catch {
      rest(error)
    }
  }

  private func receive(_ connection: StreamSocket) {
    guard openCount < limits.connections,
      let stream = try? StreamCore(connection, limits.stream, on: loop, { [weak self] in self?.openCount -= 1 })
    else {
      connection.close()
      refusedCount &+= 1
      onEvent?(.refused)
      return
    }
    openCount += 1
    onEvent?(.connected(ByteStream(stream), connection.peer))
  }

  /// Waits a while: the connection that could not be taken is still there, and would be reported without end.
  private func rest(_ error: SystemError) {
    watch?.watch(for: [])
    let pause = self.pause ?? Self.shortestPause
    if self.pause == nil { onEvent?(.paused(error)) }
    guard onEvent != nil else { return }
    self.pause = min(pause * 2, Self.longestPause)
    let timer =
      retry
      ?? LoopTimer(on: loop) { [weak self] in
        guard let self else { return }
        watch?.watch(for: .readable)
      }
    retry = timer
    timer.set(after: pause)
  }

  func close() {
    guard onEvent != nil else { return }
    onEvent = nil
    // Before the descriptor is closed.
    watch?.end()
    watch = nil
    retry = nil
    socket.close()
    loop.residents[ObjectIdentifier(self)] = nil
  }

  /// Nobody is interested in it any more.
  func letGo() {
    if loop.isOwnThread {
      close()
    } else {
      loop.performUnlessOver { self.close() }
    }
  }

  func loopEnds() { close() }
}
