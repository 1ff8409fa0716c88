// Events on their way to one peer.

internal import ChannelMessages
internal import Transom

/// What a peer was told and has not taken over yet, in its order.
///
/// It belongs to its bridge's actor.
final class EventFeed {
  private let settle: ([Delivery]) -> Void
  private let end: () -> Void
  private struct Held {
    let delivery: Delivery
    /// Where one of the same id is that was told before.
    let former: Int?
  }

  /// By their places in the order in which they were told.
  private var held: [Int: Held] = [:]
  /// The last of each id, where the peer says by ids what it has taken over.
  private var places: [String: Int] = [:]
  /// Before `oldest` nothing is held, nor from `next` on.
  private var oldest = 0
  private var next = 0
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
    var former: Int?
    if acknowledgement == .peer { former = places.updateValue(next, forKey: delivery.message.id) }
    held[next] = Held(delivery: delivery, former: former)
    next += 1
    heldByteCount += delivery.message.heldByteCount
  }

  /// What was told first of all that is not taken over.
  var first: Delivery? { held[oldest]?.delivery }

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
    guard acknowledgement == .written, !held.isEmpty else { return }
    settle(Array(oldest..<next))
  }

  /// The peer has taken these over. What it was not told costs no more than a look.
  func acknowledged(_ ids: [String]) {
    guard acknowledgement == .peer else { return }
    var taken: [Int] = []
    for id in ids {
      var place = places.removeValue(forKey: id)
      while let there = place {
        taken.append(there)
        place = held[there]?.former
      }
    }
    settle(taken.sorted())
  }

  private func settle(_ taken: [Int]) {
    let deliveries = taken.compactMap { held.removeValue(forKey: $0)?.delivery }
    while oldest < next, held[oldest] == nil { oldest += 1 }
    if !deliveries.isEmpty { settled(deliveries) }
  }

  /// Nothing more is told.
  func stop() {
    guard !isStopped else { return }
    isStopped = true
    waiter.take()?.resume()
    end()
  }
}
