// How far a durable reader has come.

internal import ChannelMessages

/// What a reader has acknowledged: everything up to a seq, and single ones beyond it.
package struct Cursor: Hashable, Sendable {
  /// So many seqs beyond `through` may be open; then delivery waits.
  package static let span = 4_096
  private static let wordCount = span / 64

  /// Everything up to here is acknowledged.
  package private(set) var through: SequenceNumber
  /// How many beyond `through` are acknowledged; most of the time none, and then nothing below is looked at.
  private var openCount = 0
  /// A ring: the bit of a seq stands at the seq's remainder by the span, so that nothing moves when `through` does.
  /// Bits of seqs that are not beyond `through` are clear.
  private var ring: [UInt64]

  package init(through: SequenceNumber = .none) {
    self.through = through
    ring = [UInt64](repeating: 0, count: Self.wordCount)
  }

  /// The highest seq that may be delivered before an older one is acknowledged.
  package var deliverableThrough: SequenceNumber { through.advanced(by: Self.span) }

  package func contains(_ number: SequenceNumber) -> Bool {
    guard number > through else { return true }
    guard openCount > 0, number <= deliverableThrough else { return false }
    return isSet(number)
  }

  package enum Acknowledgement: Hashable, Sendable {
    case accepted
    case repeated
    /// It lies further on than a reader can have been given.
    case outOfReach
  }

  /// Takes an acknowledgement, in any order.
  package mutating func acknowledge(_ number: SequenceNumber) -> Acknowledgement {
    if number == through.next, openCount == 0 {
      through = number
      return .accepted
    }
    guard !contains(number) else { return .repeated }
    guard number <= deliverableThrough else { return .outOfReach }
    if number == through.next {
      through = number
      closeUp()
    } else {
      ring[Self.word(of: number)] |= Self.bit(of: number)
      openCount += 1
    }
    return .accepted
  }

  /// Passes what needs no acknowledgement, such as a gap or what the reader's filter leaves out, up to `number`.
  ///
  /// Nothing that was delivered before it may still be open; with something open, `acknowledge` it instead.
  package mutating func skip(through number: SequenceNumber) {
    guard number > through else { return }
    if openCount > 0 {
      if number >= deliverableThrough {
        ring = [UInt64](repeating: 0, count: Self.wordCount)
        openCount = 0
      } else {
        var passed = through.next
        while passed <= number, openCount > 0 {
          clear(passed)
          passed = passed.next
        }
      }
    }
    through = number
    closeUp()
  }

  /// The acknowledged bits as they lie in a slot.
  var bitmap: [UInt8] {
    guard openCount > 0 else { return [UInt8](repeating: 0, count: Self.span / 8) }
    let start = Int(truncatingIfNeeded: through.next.rawValue) & (Self.span - 1)
    let (first, shift) = (start / 64, UInt64(start % 64))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.span / 8)
    for place in 0..<Self.wordCount {
      let low = ring[(first + place) % Self.wordCount]
      let high = ring[(first + place + 1) % Self.wordCount]
      bytes.append(littleEndian: shift == 0 ? low : low >> shift | high << (64 - shift))
    }
    return bytes
  }

  /// Reads a slot's bitmap; a peer may have set any bits.
  init(through: SequenceNumber, bitmap bytes: [UInt8], at offset: Int) {
    self.init(through: through)
    for place in 0..<Self.span / 8 where bytes[offset + place] != 0 {
      for bit in 0..<8 where bytes[offset + place] & 1 << bit != 0 {
        let number = through.advanced(by: 8 * place + bit + 1)
        ring[Self.word(of: number)] |= Self.bit(of: number)
        openCount += 1
      }
    }
    closeUp()
  }

  /// Moves `through` over what is acknowledged right behind it.
  private mutating func closeUp() {
    while openCount > 0, isSet(through.next) {
      through = through.next
      clear(through)
    }
  }

  private func isSet(_ number: SequenceNumber) -> Bool {
    ring[Self.word(of: number)] & Self.bit(of: number) != 0
  }

  private mutating func clear(_ number: SequenceNumber) {
    guard isSet(number) else { return }
    ring[Self.word(of: number)] &= ~Self.bit(of: number)
    openCount -= 1
  }

  private static func word(of number: SequenceNumber) -> Int {
    (Int(truncatingIfNeeded: number.rawValue) & (span - 1)) >> 6
  }

  private static func bit(of number: SequenceNumber) -> UInt64 { 1 << (number.rawValue & 63) }
}
