// A body in chunks.

/// Takes chunks apart, in the strictest way: what programs disagree about is refused, such as half ends of lines, and
/// whatever stands between a chunk and its end. Trailers are looked at and dropped, since nobody asked for them.
struct HTTPChunks {
  private enum Place {
    /// So many digits of a size have come.
    case size(digits: Int)
    case behindSize
    case `extension`
    case feedOfSize
    case data
    case returnOfData
    case feedOfData
    case trailer
    case nameOfTrailer
    case valueOfTrailer
    case feedOfTrailer
    case feedOfAll
    case end
  }

  private var place = Place.size(digits: 0)
  /// What is still to come of a chunk.
  private var left = 0
  /// How much may still come that is no part of the body: nobody needs any of it.
  private var room = HTTPHeadBuffer.limit

  var isComplete: Bool {
    if case .end = place { true } else { false }
  }

  /// Takes as much as belongs to the body, and adds what is its own to `body`.
  mutating func take(_ rest: inout ArraySlice<UInt8>, into body: inout [UInt8], limit: Int) throws(HTTPRefusal) {
    while !isComplete, let byte = rest.first {
      if case .data = place {
        let part = rest.prefix(left)
        body += part
        left -= part.count
        rest = rest.dropFirst(part.count)
        if left == 0 { place = .returnOfData }
      } else {
        rest = rest.dropFirst()
        place = try next(byte, atMost: limit - body.count)
      }
    }
  }

  /// Where the next byte is, behind this one.
  private mutating func next(_ byte: UInt8, atMost limit: Int) throws(HTTPRefusal) -> Place {
    switch (place, byte) {
    case (.size(let digits), _):
      if let digit = Self.digit(byte) {
        // Zeros before it are no reason to read for ever.
        guard digits < 16 else { throw .malformed("a size of a chunk that is too long") }
        left = left << 4 | digit
        guard left <= limit else { throw .bodyTooLong }
        return .size(digits: digits + 1)
      }
      guard digits > 0 else { throw .malformed("a chunk without a size") }
      return try behindSize(byte)
    case (.behindSize, _): return try behindSize(byte)
    case (.extension, 0x0D): return .feedOfSize
    case (.extension, _) where Self.isText(byte): return try spent(.extension)
    case (.feedOfSize, 0x0A): return left == 0 ? .trailer : .data
    case (.returnOfData, 0x0D): return .feedOfData
    case (.feedOfData, 0x0A): return .size(digits: 0)
    case (.trailer, 0x0D): return .feedOfAll
    case (.trailer, _) where Self.isName(byte), (.nameOfTrailer, _) where Self.isName(byte):
      return try spent(.nameOfTrailer)
    case (.nameOfTrailer, UInt8(ascii: ":")): return .valueOfTrailer
    case (.valueOfTrailer, 0x0D): return .feedOfTrailer
    case (.valueOfTrailer, _) where Self.isText(byte): return try spent(.valueOfTrailer)
    case (.feedOfTrailer, 0x0A): return .trailer
    case (.feedOfAll, 0x0A): return .end
    default: throw .malformed("chunks that are not as they must be")
    }
  }

  /// Some write blanks behind a size, and nobody takes that for something else.
  private mutating func behindSize(_ byte: UInt8) throws(HTTPRefusal) -> Place {
    switch byte {
    case 0x0D: return .feedOfSize
    case 0x20, 0x09: return try spent(.behindSize)
    case UInt8(ascii: ";"): return try spent(.extension)
    default: throw .malformed("a size of a chunk that is none")
    }
  }

  private mutating func spent(_ place: Place) throws(HTTPRefusal) -> Place {
    guard room > 0 else { throw .headTooLong }
    room -= 1
    return place
  }

  private static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }
  private static func isName(_ byte: UInt8) -> Bool { HTTPHeader.isToken(CollectionOfOne(byte)) }

  private static func digit(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}
