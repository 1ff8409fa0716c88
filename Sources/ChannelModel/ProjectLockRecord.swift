// What stands in `project.lock`: what the last projector leaves for the next.

internal import ChannelMessages

/// Tells the next holder of `project.lock` how the last one left it, and how long to let 1.0 senders have their turn.
///
/// A 1.0 sender that finds the window's lock taken sleeps 10 ms before it looks again; natives at full speed would be
/// back within microseconds every time, and it gives up after fifty looks.
package struct ProjectLockRecord: Hashable, Sendable {
  package static let byteCount = 72

  /// The boot that the moments belong to.
  package var boot: UniqueID
  /// When the window's lock was last released by one of ours, and how long it had been held.
  package var released: Moment
  package var held: Duration
  /// When a 1.0 writer was last seen on this side.
  package var writerSeen: Moment?
  /// When a 1.0 reader was last seen at this window.
  package var readerSeen: Moment?
  /// When it was last known that no 1.0 reader was there.
  package var readerRuledOut: Moment?
  /// The checksum of the `projected` whose window is known to have been published. Another one there is the intent of a
  /// projector that died on the way.
  package var confirmed: UInt32

  package init(
    boot: UniqueID,
    released: Moment,
    held: Duration,
    writerSeen: Moment? = nil,
    readerSeen: Moment? = nil,
    readerRuledOut: Moment? = nil,
    confirmed: UInt32
  ) {
    self.boot = boot
    self.released = released
    self.held = held
    self.writerSeen = writerSeen
    self.readerSeen = readerSeen
    self.readerRuledOut = readerRuledOut
    self.confirmed = confirmed
  }

  /// A 1.0 writer seen within this long may be waiting.
  package static let memory: Duration = .seconds(10)
  package static let leastPause: Duration = .microseconds(30)
  /// However long a lock was held, the next is not held up for longer: a peer may have written this.
  package static let longestPause: Duration = .milliseconds(50)

  /// How long to wait before the window's lock may be taken: it stays free at least as long as it was held.
  package func pause(at now: Moment, boot current: UniqueID) -> Duration {
    guard boot == current, let writerSeen, now.duration(since: writerSeen) <= Self.memory, released <= now else {
      return .zero
    }
    let share = min(max(held, Self.leastPause), Self.longestPause)
    return released.advanced(by: share).duration(since: now)
  }

  package init(decoding bytes: [UInt8]) throws(DiskFormat.Failure) {
    try DiskFormat.projectLock.check(bytes, needs: Self.byteCount, checksumAt: 68)
    boot = UniqueID(bytes, at: 8)
    released = Moment(nanoseconds: bytes.littleEndian(at: 24))
    held = .nanoseconds(Int64(clamping: bytes.littleEndian(at: 32, as: UInt64.self)))
    writerSeen = Self.moment(in: bytes, at: 40)
    readerSeen = Self.moment(in: bytes, at: 48)
    readerRuledOut = Self.moment(in: bytes, at: 56)
    confirmed = bytes.littleEndian(at: 64)
  }

  private static func moment(in bytes: [UInt8], at offset: Int) -> Moment? {
    let nanoseconds: UInt64 = bytes.littleEndian(at: offset)
    return nanoseconds == 0 ? nil : Moment(nanoseconds: nanoseconds)
  }

  package func encode() -> [UInt8] {
    // It is written with every window, as `projected` is.
    var bytes = DiskFormat.projectLock.opening(of: Self.byteCount)
    boot.put(in: &bytes, at: 8)
    bytes.put(released.nanoseconds, at: 24)
    bytes.put(held.wholeNanoseconds, at: 32)
    bytes.put(writerSeen?.nanoseconds ?? 0, at: 40)
    bytes.put(readerSeen?.nanoseconds ?? 0, at: 48)
    bytes.put(readerRuledOut?.nanoseconds ?? 0, at: 56)
    bytes.put(confirmed, at: 64)
    bytes.put(Checksum.crc32c(bytes, in: 0..<68), at: 68)
    return bytes
  }
}
