// For how long something is kept for those who come by doors.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import ChannelWires
internal import Transom

extension Bridge {
  /// So often it is looked who has not come for long: not right at the beginning, since those who were here when the bridge
  /// before this one ended are soon back.
  private static let longestPause = Duration.seconds(3_600)

  /// Knows for whom something is kept, and keeps it no longer than it should be.
  func beginKeeping() async throws(ChannelError) {
    let found = try await waiting { channel throws(ChannelError) in try DoorReaders(channel.readers()).names() }
    kept.set(found, insteadOf: [])
    let timer = LoopTimer(on: loop) { [weak self] in
      self?.assumeIsolated { bridge in _ = bridge.onLoop { await $0.lookAfterReaders() } }
    }
    keepingTimer = timer
    timer.set(after: min(route.keepingTime, Self.longestPause))
  }

  private func lookAfterReaders() async {
    guard !isEnding else { return }
    await forgetReaders()
    keepingTimer?.set(after: min(route.keepingTime, Self.longestPause))
  }

  /// Has nothing kept any more for those who have not come for too long.
  private func forgetReaders() async {
    let (time, before) = (route.keepingTime, kept.all)
    do {
      let (forgotten, left) = try await waiting { channel throws(ChannelError) in
        try DoorReaders(channel.readers()).forget(after: time, at: ChannelFolder.wallClock())
      }
      for name in forgotten { told(.forgotten(name, time)) }
      kept.set(left, insteadOf: before)
    } catch {
      told(.troubled(error))
    }
  }

  /// Throws when nothing can be kept for this one: events are kept for as many as may be.
  func checkMayKeep(for keeping: Keeping?) async throws {
    guard let reader = keeping?.reader, !kept.contains(reader) else { return }
    // Somebody may have dropped some.
    if kept.obstacle(to: reader) != nil, kept.mayLook(at: .now) { await forgetReaders() }
    if let count = kept.obstacle(to: reader) {
      throw DoorFault(.tooMany, "refused", "events are kept for \(count) readers already")
    }
    kept.insert(reader)
  }
}
