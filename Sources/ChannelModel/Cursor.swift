// How far a durable reader has come.

/// What a reader has acknowledged: everything up to a seq, and single ones beyond it.
package struct Cursor: Hashable, Sendable {
  /// So many seqs beyond `through` may be open; then delivery waits.
  package static let span = 4_096

  /// Everything up to here is acknowledged.
  package private(set) var through: SequenceNumber
  /// Bit *i* stands for the seq `through` + 1 + *i*; the lowest is never set, `through` would have moved on.
  private var acknowledged: [UInt64]

  package init(through: SequenceNumber = .none) {
    self.through = through
    acknowledged = [UInt64](repeating: 0, count: Self.span / 64)
  }

  /// The highest seq that may be delivered before an older one is acknowledged.
  package var deliverableThrough: SequenceNumber { through.advanced(by: Self.span) }

  package func contains(_ number: SequenceNumber) -> Bool {
    guard number > through else { return true }
    guard number <= deliverableThrough else { return false }
    let place = Int(number.distance(from: through)) - 1
    return acknowledged[place / 64] & 1 << (place % 64) != 0
  }

  package enum Acknowledgement: Hashable, Sendable {
    case accepted
    case repeated
    /// It lies further on than a reader can have been given.
    case outOfReach
  }

  /// Takes an acknowledgement, in any order.
  package mutating func acknowledge(_ number: SequenceNumber) -> Acknowledgement {
    guard !contains(number) else { return .repeated }
    guard number <= deliverableThrough else { return .outOfReach }
    let place = Int(number.distance(from: through)) - 1
    acknowledged[place / 64] |= 1 << (place % 64)
    closeUp()
    return .accepted
  }

  /// Passes what needs no acknowledgement, such as a gap or what the reader's filter leaves out, up to `number`.
  ///
  /// Nothing that was delivered before it may still be open; with something open, `acknowledge` it instead.
  package mutating func skip(through number: SequenceNumber) {
    guard number > through else { return }
    shift(by: number.distance(from: through))
    closeUp()
  }

  /// The acknowledged bits as they lie in a slot.
  var bitmap: [UInt8] {
    acknowledged.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  /// Reads a slot's bitmap; a peer may have set any bits.
  init(through: SequenceNumber, bitmap bytes: [UInt8], at offset: Int) {
    self.through = through
    acknowledged = (0..<Self.span / 64).map { bytes.integer(at: offset + 8 * $0) }
    closeUp()
  }

  private mutating func closeUp() {
    var count: UInt64 = 0
    for word in acknowledged {
      let ones = UInt64((~word).trailingZeroBitCount)
      count += ones
      if ones < 64 { break }
    }
    if count > 0 { shift(by: count) }
  }

  private mutating func shift(by count: UInt64) {
    through = SequenceNumber(through.rawValue + count)
    guard count < Self.span else {
      acknowledged = [UInt64](repeating: 0, count: Self.span / 64)
      return
    }
    let words = Int(count / 64)
    let bits = count % 64
    for place in acknowledged.indices {
      let low = place + words < acknowledged.count ? acknowledged[place + words] : 0
      let high = place + words + 1 < acknowledged.count ? acknowledged[place + words + 1] : 0
      acknowledged[place] = bits == 0 ? low : low >> bits | high << (64 - bits)
    }
  }
}
