// For whom something is kept that came by a door.

package import ChannelModel
package import Transom

/// The readers of those who come by doors, as they stand in a channel. Each call waits for the disk and for locks.
package struct DoorReaders: Sendable {
  /// So long what nobody comes for is kept.
  package static let keepingTime = Duration.seconds(30 * 86_400)

  private let registry: ReaderRegistry

  /// `registry` is that of the messages that doors tell.
  package init(_ registry: ReaderRegistry) {
    self.registry = registry
  }

  package func names() throws(ChannelError) -> [String] { try list().map(\.name) }

  private func list() throws(ChannelError) -> [ReaderRegistry.Listed] {
    try registry.list().filter { $0.kind == .reader && $0.name.hasPrefix(DoorTarget.readerPrefix) }
  }

  /// Keeps nothing any more for those who have not come for so long; says for whom that was, and who is left.
  package func forget(
    after time: Duration,
    at now: WallTime
  ) throws(ChannelError) -> (forgotten: [String], left: [String]) {
    var (forgotten, left): ([String], [String]) = ([], [])
    for reader in try list() {
      guard Self.isForgotten(reader, after: time, at: now), let name = try? ReaderName(reader.name) else {
        left.append(reader.name)
        continue
      }
      do throws(ChannelError) {
        try registry.drop(name)
        forgotten.append(reader.name)
      } catch {
        switch error.code {
        // Somebody has come by it right now.
        case .readerBusy: left.append(reader.name)
        // Somebody has dropped it.
        case .noReader: break
        default: throw error
        }
      }
    }
    return (forgotten, left)
  }

  private static func isForgotten(_ reader: ReaderRegistry.Listed, after time: Duration, at now: WallTime) -> Bool {
    guard !reader.isHeld, let lastUsed = reader.lastUsed, lastUsed <= now else { return false }
    return now.isApart(from: lastUsed, milliseconds: UInt64(max(0, time.wholeNanoseconds)) / 1_000_000)
  }
}
