// Events on their way to one peer.

internal import ChannelMessages
internal import Transom

/// What a peer was told and has not taken over yet, in its order.
///
/// It belongs to its bridge's actor.
final class EventFeed {
  private let settle: ([Delivery]) -> Void
  private let end: () -> Void
  private var unsettled: [(id: String, delivery: Delivery)] = []
  /// Of those.
  private var heldByteCount = 0
  private var waiter: CheckedContinuation<Void, Never>?
  /// While so much is not taken over nothing more is told.
  private static let mostBytes = 8 << 20
  private let acknowledgement: Route.Acknowledgement
  private(set) var isStopped = false
  private var seenCount = 0

  init(
    _ acknowledgement: Route.Acknowledgement,
    settle: @escaping ([Delivery]) -> Void,
    end: @escaping () -> Void
  ) {
    self.acknowledgement = acknowledgement
    self.settle = settle
    self.end = end
  }

  /// One more was looked at; says how many these are.
  func countSeen() -> Int {
    seenCount += 1
    return seenCount
  }

  /// It was written, but is not done with.
  func add(_ delivery: Delivery) {
    unsettled.append((delivery.message.id, delivery))
    heldByteCount += delivery.message.heldByteCount
  }

  /// What was told first of all that is not taken over.
  var first: Delivery? { unsettled.first?.delivery }

  /// Whether so much is told and not taken over that nothing more is told now.
  var isFull: Bool { heldByteCount >= Self.mostBytes }

  /// Waits until more may be told, or it is stopped.
  func room() async {
    guard !isStopped, isFull else { return }
    await withCheckedContinuation { waiter = $0 }
  }

  /// What comes after the end is passed over: its deliveries are closed by then, and told again to whoever comes next.
  private func settled(_ deliveries: [Delivery]) {
    guard !isStopped else { return }
    heldByteCount -= deliveries.reduce(0) { $0 + $1.message.heldByteCount }
    if heldByteCount < Self.mostBytes { waiter.take()?.resume() }
    settle(deliveries)
  }

  /// All that was written is out of this process.
  func flushed() {
    guard acknowledgement == .written, !unsettled.isEmpty else { return }
    let all = unsettled.map(\.delivery)
    unsettled = []
    settled(all)
  }

  /// The peer has taken these over.
  func acknowledged(_ ids: [String]) {
    guard acknowledgement == .peer else { return }
    let wanted = Set(ids)
    let done = unsettled.filter { wanted.contains($0.id) }
    guard !done.isEmpty else { return }
    unsettled.removeAll { wanted.contains($0.id) }
    settled(done.map(\.delivery))
  }

  /// Nothing more is told.
  func stop() {
    guard !isStopped else { return }
    isStopped = true
    waiter.take()?.resume()
    end()
  }
}
