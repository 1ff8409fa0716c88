// The bridges of one name.

internal import ChannelAdmin
internal import ChannelBridge

/// What is told of one bridge of the configuration, put together from those that it has over channels.
struct SummedBridges {
  private var channelCount = 0
  private var figures = BridgeFigures()
  private var troubleCount = 0
  /// Of the troubled channels the first by its name, so that it is the same one each time.
  private var trouble: (channel: String, words: String)?
  /// The port that was found where any would do.
  private var port: UInt16?

  mutating func add(_ served: ServedBridge, over channel: ServedChannel) {
    channelCount += 1
    figures += served.figures
    port = port ?? served.bridge?.assumeIsolated { $0.port }
    guard let words = served.complaint else { return }
    troubleCount += 1
    if let trouble, trouble.channel <= channel.name { return }
    trouble = (channel.name, words)
  }

  /// Adds what has gone over one that is over no channel any more.
  mutating func add(_ figures: BridgeFigures) {
    self.figures += figures
  }

  func status(of setting: BridgeSetting, at address: PeerAddress) -> BridgeStatus {
    var status = BridgeStatus(setting.name, .bridge, place: "\(address.at(port: port))")
    status.channelCount = channelCount
    status.connections = figures.connections
    status.requestsOut = figures.requestsOut
    status.requestsIn = figures.requestsIn
    status.eventsOut = figures.eventsOut
    status.eventsIn = figures.eventsIn
    status.dropped = figures.dropped
    status.refused = figures.refused
    status.trouble = trouble.map { trouble in
      let first = "\(trouble.channel): \(trouble.words)"
      return troubleCount == 1 ? first : "\(troubleCount) channels, the first of them \(first)"
    }
    return status
  }
}
