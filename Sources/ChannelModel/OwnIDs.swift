// The ids that messages of ours get with their seqs.

internal import ChannelMessages

/// What gives a message of ours its id: the channel's key and the direction it goes.
package struct OwnIDs: Hashable, Sendable {
  package let key: ChannelKey
  package let direction: Direction

  /// Where the id stands in a message of ours: behind `{"id":"`.
  package static let offset = 7
  /// The length of its text.
  package static let byteCount = 36

  package init(key: ChannelKey, direction: Direction) {
    self.key = key
    self.direction = direction
  }

  package func id(of number: SequenceNumber) -> UniqueID { key.id(of: number, in: direction) }

  /// Writes the text of the id over 36 bytes at `offset`; they must be there.
  package func write(_ number: SequenceNumber, into bytes: inout [UInt8], at offset: Int) {
    // Safe: the range is checked.
    unsafe bytes.withUnsafeMutableBytes { bytes in
      let place = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + Self.byteCount])
      unsafe key.writeID(of: number, in: direction, to: place)
    }
  }
}
