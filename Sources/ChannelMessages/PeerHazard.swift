/// Well-formed JSON in a message that a 1.0 peer cannot read.
///
/// One such message makes the peer's reading and sending fail for ever, so it is refused before it is published.
/// Only what the peer really looks at counts: it skips the values of unknown keys without judging them.
package enum PeerHazard: Hashable, Sendable {
  /// Arrays and objects nest in the payload to level 126; the offset is the bracket that opens it.
  case nesting(Int)
  /// A number in the payload that the peer's arithmetic takes to infinity.
  case numberBeyondDouble(Int)
  /// A `\u` escape in the payload that is half of a surrogate pair.
  case loneSurrogate(Int)

  /// The level of nesting in a payload that the peer refuses: it allows 127 in all, and two are the array of
  /// messages and the message.
  package static let refusedNesting = 126

  /// Where it stands in the scanned bytes.
  package var offset: Int {
    switch self {
    case .nesting(let offset), .numberBeyondDouble(let offset), .loneSurrogate(let offset): offset
    }
  }
}

extension PeerHazard: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nesting(let offset): "nesting of 126 or more levels at byte \(offset)"
    case .numberBeyondDouble(let offset): "a number outside a double's range at byte \(offset)"
    case .loneSurrogate(let offset): "half of a surrogate pair at byte \(offset)"
    }
  }
}
