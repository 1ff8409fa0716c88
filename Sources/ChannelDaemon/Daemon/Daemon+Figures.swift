// How the daemon's bridges and doors are.

internal import ChannelAdmin
internal import ChannelBridge
internal import ChannelMessages
internal import ChannelModel

extension Daemon {
  /// One for each bridge of the configuration, over all its channels.
  var bridgeStatuses: [BridgeStatus] {
    var all: [String: SummedBridges] = [:]
    // One way through the channels for all bridges, since either may be many.
    for channel in bridged.values {
      for (name, served) in channel.bridges { all[name, default: SummedBridges()].add(served, over: channel) }
    }
    for served in leavingBridges.values where configuration.bridges.contains(served.setting) {
      all[served.setting.name, default: SummedBridges()].add(served.figures)
    }
    return configuration.bridges.map { setting in
      var sum = all[setting.name] ?? SummedBridges()
      if let former = formerFigures[setting] { sum.add(former) }
      return sum.status(of: setting, at: material.address(of: setting))
    }
  }

  /// One for each door that is there.
  var doorStatuses: [BridgeStatus] {
    configuration.doors.compactMap { setting in
      let address = material.address(of: setting)
      guard let door = doors[address.endpoint]?.door else { return nil }
      let (figures, port) = door.assumeIsolated { ($0.figures, $0.port) }
      let patterns = setting.channels.map(MethodPattern.init)
      var status = BridgeStatus(setting.name, .door, place: "\(address.at(port: port))")
      status.channelCount = channels.values.count { channel in patterns.contains { $0.matches(channel.name) } }
      status.connections = figures.connections
      status.requestsIn = figures.answered
      status.refused = figures.refused
      return status
    }
  }
}
