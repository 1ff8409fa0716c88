// The ids that messages of ours get with their seqs.

package import ChannelMessages

/// What gives a message of ours its id: the channel's key and the direction it goes.
package struct OwnIDs: Hashable, Sendable {
  package let key: ChannelKey
  package let direction: Direction

  /// Where the id stands in a message of ours: behind `{"id":"`.
  package static let offset = 7
  /// The length of its text.
  package static let byteCount = 36

  /// Where the digits of the time stand, behind the id and `","timestamp":`.
  package static let timePlace = 57..<70
  /// The times that have as many digits: those from 2001 to 2286.
  package static let writableTimes: Range<UInt64> = 1_000_000_000_000..<10_000_000_000_000

  /// Writes the digits of a time over the place for them.
  static func write(_ milliseconds: UInt64, to bytes: UnsafeMutableRawBufferPointer) {
    precondition(bytes.count >= timePlace.count && writableTimes.contains(milliseconds), "a time has thirteen digits")
    var rest = milliseconds
    for place in (0..<timePlace.count).reversed() {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      // Safe: it was checked that so many bytes are there.
      unsafe bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
      rest = quotient
    }
  }

  package init(key: ChannelKey, direction: Direction) {
    self.key = key
    self.direction = direction
  }

  /// The seq that a message's id proves, should it be one of ours.
  package func number(of message: MessageIndex, in bytes: [UInt8]) -> SequenceNumber? {
    Window.ownNumber(of: message, in: bytes, direction, key)
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
