// A channel of which this process only reads.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

extension ChannelCore {
  /// Whether nothing may be written in the channel as it was opened last, or nothing was to be.
  var isMonitor: Bool { onlyLooks.load(ordering: .acquiring) }

  /// Nobody here takes in what 1.0 programs write: each reader looks at the window itself.
  func wakeMonitors(_ direction: Direction) {
    lane(direction).notices.notify()
  }

  /// Closes a channel that only 1.0 programs had used until a program of ours came. Whoever reads goes on in it when it is
  /// opened again: it is the same one.
  func leaveIfNotBare(_ folder: ChannelFolder) -> Bool {
    guard folder.ground.hasCeasedToBeBare() else { return false }
    let left = state.withLock { state in
      guard state.folder === folder else { return ChannelFolder?.none }
      return state.folder.take()
    }
    // It ends outside of the lock, closing its files.
    withExtendedLifetime(left) {}
    return true
  }

  /// Why a monitor does not do what takes writing.
  func refusal(of deed: String) -> ChannelError {
    let obstacle = state.withLock { $0.folder }?.ground.obstacle
    guard let obstacle else {
      return ChannelError(
        .refused,
        at: path,
        "\(deed) takes writing, and it was opened as a monitor, which changes nothing",
        hint: "open it with `access: .asPermitted`; a monitor has `messages` without a name alone"
      )
    }
    return ChannelError(
      .refused,
      at: obstacle.path,
      "\(deed) takes writing, which this program may not here: \(obstacle.what)",
      hint: "\(obstacle.hint), then open the channel anew; as it is there are `messages` without a name alone"
    )
  }
}
