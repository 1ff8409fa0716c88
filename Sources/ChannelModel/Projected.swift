// What a window was last said to hold.

internal import ChannelMessages

/// The record that a projector writes before it publishes a window.
///
/// It is an intent: it says something only while the window's state is the one it names.
package struct Projected: Hashable, Sendable {
  package static let byteCount = 128

  package var journal: UniqueID
  package var boot: UniqueID
  /// The window shows the journal up to here.
  package var through: SequenceNumber
  /// An earlier window, known to have been published, showed the journal up to here.
  package var shown: SequenceNumber
  /// This seq and earlier ones are never shown again.
  package var floor: SequenceNumber
  /// The newest timestamp given to a projected message, in milliseconds.
  package var newestTimestamp: UInt64
  /// What was appended behind this place of the journal it does not speak of.
  package var place: JournalPlace
  package var window: FileState

  package init(
    journal: UniqueID,
    boot: UniqueID,
    through: SequenceNumber,
    shown: SequenceNumber,
    floor: SequenceNumber,
    newestTimestamp: UInt64,
    place: JournalPlace,
    window: FileState
  ) {
    self.journal = journal
    self.boot = boot
    self.through = through
    self.shown = shown
    self.floor = floor
    self.newestTimestamp = newestTimestamp
    self.place = place
    self.window = window
  }

  package init(decoding bytes: [UInt8]) throws(DiskFormat.Failure) {
    try DiskFormat.projected.check(bytes, needs: Self.byteCount, checksumAt: 124)
    journal = UniqueID(bytes, at: 8)
    boot = UniqueID(bytes, at: 24)
    through = SequenceNumber(bytes.littleEndian(at: 40))
    shown = SequenceNumber(bytes.littleEndian(at: 48))
    floor = SequenceNumber(bytes.littleEndian(at: 56))
    newestTimestamp = bytes.littleEndian(at: 64)
    window = FileState(
      device: bytes.littleEndian(at: 88),
      inode: bytes.littleEndian(at: 96),
      size: bytes.littleEndian(at: 104),
      seconds: bytes.littleEndian(at: 112),
      nanoseconds: bytes.littleEndian(at: 120)
    )
    guard let end = Int(exactly: bytes.littleEndian(at: 80, as: UInt64.self)) else {
      throw .init(.projected, .impossible(field: "place"))
    }
    place = JournalPlace(segment: SequenceNumber(bytes.littleEndian(at: 72)), end: end)
    guard max(through, shown, floor, place.segment) <= .highest else {
      throw .init(.projected, .impossible(field: "seq"))
    }
    guard window.nanoseconds < 1_000_000_000 else { throw .init(.projected, .impossible(field: "time of change")) }
  }

  /// What `ProjectLockRecord` confirms it by.
  package static func checksum(of bytes: [UInt8]) -> UInt32 { bytes.littleEndian(at: 124) }

  package func encode() -> [UInt8] {
    // It is written with every window: at places that are known, nothing has to grow.
    var bytes = DiskFormat.projected.opening(of: Self.byteCount)
    journal.put(in: &bytes, at: 8)
    boot.put(in: &bytes, at: 24)
    bytes.put(through.rawValue, at: 40)
    bytes.put(shown.rawValue, at: 48)
    bytes.put(floor.rawValue, at: 56)
    bytes.put(newestTimestamp, at: 64)
    bytes.put(place.segment.rawValue, at: 72)
    bytes.put(UInt64(place.end), at: 80)
    bytes.put(window.device, at: 88)
    bytes.put(window.inode, at: 96)
    bytes.put(window.size, at: 104)
    bytes.put(window.seconds, at: 112)
    bytes.put(window.nanoseconds, at: 120)
    bytes.put(Checksum.crc32c(bytes, in: 0..<124), at: 124)
    return bytes
  }
}
