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

  /// Keeps nothing any more for those who have not come for so long; says for whom that was.
  package func forget(after time: Duration, at now: WallTime) throws(ChannelError) -> [String] {
    var forgotten: [String] = []
    for reader in try list() where Self.isForgotten(reader, after: time, at: now) {
      guard let name = try? ReaderName(reader.name) else { continue }
      do throws(ChannelError) {
        try registry.drop(name)
        forgotten.append(reader.name)
      } catch {
        // Somebody has come by it right now, or has dropped it.
        guard error.code == .readerBusy || error.code == .noReader else { throw error }
      }
    }
    return forgotten
  }

  private static func isForgotten(_ reader: ReaderRegistry.Listed, after time: Duration, at now: WallTime) -> Bool {
    guard !reader.isHeld, let lastUsed = reader.lastUsed, lastUsed <= now else { return false }
    return now.isApart(from: lastUsed, milliseconds: UInt64(max(0, time.wholeNanoseconds)) / 1_000_000)
  }
}
