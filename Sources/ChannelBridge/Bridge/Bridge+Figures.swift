// What is counted of a bridge.

internal import ChannelMessages

extension Bridge {
  /// What has gone over it until now.
  package var figures: BridgeFigures {
    var figures = counted
    figures.connections = peers.values.count(where: \.isAdmitted)
    return figures
  }

  /// Tells that a message does not go across.
  func drop(_ message: Message, _ why: String) {
    counted.dropped &+= 1
    told(.dropped(message, why))
  }
}
