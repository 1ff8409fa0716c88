/// Where the parts of one message stand in the scanned bytes; 72 bytes and no allocation, however large the message.
///
/// The ranges of texts are what stands between the quotes, still escaped: see ``JSONString``.
package struct MessageIndex: Hashable, Sendable {
  package internal(set) var timestamp: UInt64 = 0
  var element = ByteRange.absent
  var idBytes = ByteRange.absent
  var replyToBytes = ByteRange.absent
  var methodBytes = ByteRange.absent
  var payloadBytes = ByteRange.absent
  var errorBytes = ByteRange.absent
  var hazardOffset: UInt32 = .max
  var duplicateOffset: UInt32 = .max
  var hazardKind = HazardKind.none
  package internal(set) var kind = MessageKind.event
  /// Whether it has keys that mean nothing to us.
  package internal(set) var hasUnknownKeys = false

  enum HazardKind: UInt8 {
    case none, nesting, number, surrogate
  }

  init() {}

  /// The whole element, brackets included.
  package var range: Range<Int> { element.range }
  package var id: Range<Int> { idBytes.range }
  package var replyTo: Range<Int>? { replyToBytes.optional }
  package var method: Range<Int>? { methodBytes.optional }
  package var payload: Range<Int> { payloadBytes.range }
  package var error: Range<Int>? { errorBytes.optional }

  /// The first thing in it that a 1.0 peer cannot read.
  package var hazard: PeerHazard? { Self.hazard(hazardKind, Int(hazardOffset)) }

  static func hazard(_ kind: HazardKind, _ offset: Int) -> PeerHazard? {
    switch kind {
    case .none: nil
    case .nesting: .nesting(offset)
    case .number: .numberBeyondDouble(offset)
    case .surrogate: .loneSurrogate(offset)
    }
  }

  /// The first key that an object of the message has a second time (known keys apart: those make it unreadable).
  /// The offset is that of the quote before the second one.
  package var duplicateKeyOffset: Int? { duplicateOffset == .max ? nil : Int(duplicateOffset) }
}
