// What happened between two samples of `top`.

internal import ChannelAdmin
internal import ChannelModel

/// Rates and times from the difference of two samples; before the second there are none.
struct TopChange {
  private let time: Duration
  private let handlers: [String: HandlerStatus]
  private let bridges: [String: BridgeStatus]
  private let channels: [String: ChannelStatus]
  private let processorTime: Duration?

  init(from before: TopSample?, to now: TopSample) {
    // Another process has counted anew.
    guard let before, before.status.process == now.status.process, before.status.began == now.status.began else {
      time = .zero
      handlers = [:]
      bridges = [:]
      channels = [:]
      processorTime = nil
      return
    }
    time = DateText.distance(before.status.asked, now.status.asked)
    handlers = Dictionary(before.status.handlers.map { ($0.name, $0) }) { first, _ in first }
    bridges = Dictionary(before.status.bridges.map { (Self.key($0), $0) }) { first, _ in first }
    channels = Dictionary(before.channels.map { ($0.path, $0) }) { first, _ in first }
    processorTime = before.status.processorTime
  }

  /// How many messages the handler was done with in a second.
  func rate(of handler: HandlerStatus) -> String {
    guard let before = handlers[handler.name] else { return "-" }
    return rate(before.handled &+ before.failed, handler.handled &+ handler.failed)
  }

  func rate(of channel: ChannelStatus) -> String {
    guard let before = channels[channel.path] else { return "-" }
    return rate(before.requests &+ before.events, channel.requests &+ channel.events)
  }

  /// How many messages went over the bridge, or were answered at the door, in a second.
  func rate(of bridge: BridgeStatus) -> String {
    guard let before = bridges[Self.key(bridge)] else { return "-" }
    return rate(Self.messageCount(of: before), Self.messageCount(of: bridge))
  }

  /// Of all handlers together; nil before there was something to compare with.
  func rate(of now: [HandlerStatus]) -> String? {
    guard time > .zero else { return nil }
    var count: UInt64 = 0
    for handler in now {
      guard let before = handlers[handler.name] else { continue }
      let (was, have) = (before.handled &+ before.failed, handler.handled &+ handler.failed)
      if have > was { count &+= have - was }
    }
    return PercentText.rate(count, in: time)
  }

  /// How long the messages took that ended between the samples; all of them, where there is nothing to compare with.
  func times(of handler: HandlerStatus) -> TimeHistogram {
    guard let before = handlers[handler.name]?.times else { return handler.times }
    var counts: [UInt64] = []
    for (was, have) in zip(before.counts, handler.times.counts) {
      guard have >= was else { return handler.times }
      counts.append(have - was)
    }
    // Only the counts are asked about.
    return TimeHistogram(counts: counts, sum: .zero) ?? handler.times
  }

  /// The share of a processor that the daemon has used.
  func processorShare(_ status: DaemonStatus) -> String {
    guard let processorTime, time > .zero else {
      return PercentText.text(status.processorTime, of: DateText.distance(status.began, status.asked))
    }
    return PercentText.text(max(.zero, status.processorTime - processorTime), of: time)
  }

  /// A bridge and a door may have the same name.
  private static func key(_ bridge: BridgeStatus) -> String { "\(bridge.kind.rawValue) \(bridge.name)" }

  private static func messageCount(of bridge: BridgeStatus) -> UInt64 {
    bridge.requestsOut &+ bridge.requestsIn &+ bridge.eventsOut &+ bridge.eventsIn
  }

  private func rate(_ before: UInt64, _ now: UInt64) -> String {
    // Counts begin anew when a setting has changed.
    now < before ? "-" : PercentText.rate(now - before, in: time)
  }
}
