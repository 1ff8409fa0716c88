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
    let found = try await waiting { channel throws(ChannelError) in try channel.readers() }
    kept.set(Self.ofDoors(found), at: .now)
    let timer = LoopTimer(on: loop) { [weak self] in
      self?.assumeIsolated { bridge in _ = bridge.onLoop { await $0.lookAfterReaders() } }
    }
    keepingTimer = timer
    timer.set(after: min(route.keepingTime, Self.longestPause))
  }

  private static func ofDoors(_ readers: [ReaderRegistry.Listed]) -> [String] {
    readers.map(\.name).filter { $0.hasPrefix(DoorTarget.readerPrefix) }
  }

  private func lookAfterReaders() async {
    guard !isEnding else { return }
    await forgetReaders()
    keepingTimer?.set(after: min(route.keepingTime, Self.longestPause))
  }

  /// Has nothing kept any more for those who have not come for too long.
  private func forgetReaders() async {
    do {
      let found = try await waiting { channel throws(ChannelError) in try channel.readers() }
      let (now, wallNow) = (Moment.now, ChannelFolder.wallClock())
      var names = Set(Self.ofDoors(found))
      let forgotten = found.filter {
        names.contains($0.name) && kept.isForgotten($0, after: route.keepingTime, at: now, wallNow)
      }
      for reader in forgotten where try await forget(reader.name) {
        names.remove(reader.name)
        told(.forgotten(reader.name, route.keepingTime))
      }
      // Others may have come meanwhile.
      for peer in peers.values { if let keeping = peer.keeping { names.insert(keeping.reader) } }
      kept.set(names, at: now)
    } catch {
      told(.troubled(error))
    }
  }

  /// Keeps nothing by this name any more; false when somebody has come by it right now.
  private func forget(_ name: String) async throws(ChannelError) -> Bool {
    do throws(ChannelError) {
      try await waiting { channel throws(ChannelError) in try channel.drop(reader: name) }
      return true
    } catch {
      guard error.code == .readerBusy || error.code == .noReader else { throw error }
      return error.code == .noReader
    }
  }

  func noteLeft(_ keeping: Keeping) { kept.noteLeft(keeping.reader, at: .now) }

  /// Throws when nothing can be kept for this one: events are kept for as many as may be.
  func checkMayKeep(for keeping: Keeping?) async throws {
    guard let reader = keeping?.reader, !kept.contains(reader) else { return }
    // Somebody may have dropped some.
    if kept.isFull, kept.mayLook(at: .now) { await forgetReaders() }
    guard !kept.isFull else {
      throw DoorFault(.tooMany, "refused", "events are kept for \(KeptReaders.most) readers already")
    }
    kept.insert(reader)
  }
}
