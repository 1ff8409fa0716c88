// The channels behind one of the daemon's doors.

internal import ChannelBridge
internal import ChannelMessages
internal import ChannelModel

/// Finds the channels that a door leads to among those that the daemon serves.
struct DaemonDoorChannels: DoorChannels {
  private unowned let daemon: Daemon
  private let patterns: [MethodPattern]
  private let side: Side

  init(of daemon: Daemon, behind setting: DoorSetting) {
    self.daemon = daemon
    patterns = setting.channels.map(MethodPattern.init)
    side = setting.side
  }

  func bridge(ofChannel name: String) async throws -> Bridge? {
    guard leads(toChannel: name) else { return nil }
    return try await daemon.doorBridge(ofChannel: name, as: side)
  }

  func leads(toChannel name: String) -> Bool { patterns.contains { $0.matches(name) } }

  /// The daemon does that, once for all its doors: they have their bridges in common.
  func showLife() {}
}
