// The next window, spliced from the one that is there.

internal import ChannelMessages

/// What to write into the file that takes a window's place: stretches of the old one, and new elements.
///
/// The pieces go to one gathering write, so that nothing is copied that stays as it is.
package struct WindowDraft: Hashable, Sendable {
  package enum Piece: Hashable, Sendable {
    /// A stretch of the window that was spliced from.
    case kept(Range<Int>)
    case made([UInt8])
  }

  package let pieces: [Piece]

  /// Splices: the elements at `places`, in ascending order, stay byte for byte; `added` join behind them, compact and one
  /// a line.
  package init(keeping places: [Int], of window: Window, adding added: [[UInt8]]) {
    var pieces: [Piece] = []
    var made: [UInt8] = [UInt8(ascii: "[")]
    func flush() {
      if !made.isEmpty { pieces.append(.made(made)) }
      made = []
    }
    var run: Range<Int>?
    var before: Int?
    for place in places {
      let element = window.elements[place].range
      if let start = run?.lowerBound, before == place - 1 {
        // What stands between two neighbours, comma and white space, stays with them.
        run = start..<element.upperBound
      } else {
        if let finished = run {
          pieces.append(.kept(finished))
          made += Self.separator
        }
        flush()
        run = element
      }
      before = place
    }
    if let finished = run { pieces.append(.kept(finished)) }
    for (place, element) in added.enumerated() {
      if place > 0 || run != nil { made += Self.separator }
      made += element
    }
    made.append(UInt8(ascii: "]"))
    flush()
    self.pieces = pieces
  }

  package var byteCount: Int {
    pieces.reduce(0) { sum, piece in
      switch piece {
      case .kept(let range): sum + range.count
      case .made(let bytes): sum + bytes.count
      }
    }
  }

  /// The whole of it, for those who keep it in memory.
  package func bytes(from window: Window) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    for piece in pieces {
      switch piece {
      case .kept(let range): bytes += window.bytes[range]
      case .made(let made): bytes += made
      }
    }
    return bytes
  }

  private static let separator = Array(",\n".utf8)

  /// A message of ours as the journal holds it, with the timestamp that its projection was given.
  ///
  /// Ours always begin with id and timestamp. Bytes of another form, which only a forged journal can hold, stay as they are.
  package static func stamped(_ element: [UInt8], with timestamp: UInt64) -> [UInt8] {
    let opening = Array("{\"id\":\"".utf8)
    let middle = Array("\",\"timestamp\":".utf8)
    guard element.starts(with: opening),
      let quote = element[opening.count...].firstIndex(of: UInt8(ascii: "\"")),
      !element[opening.count..<quote].contains(UInt8(ascii: "\\")), element[quote...].starts(with: middle)
    else { return element }
    let start = quote + middle.count
    let end = element[start...].firstIndex { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? start
    guard end > start else { return element }
    return element[..<start] + Array(String(timestamp).utf8) + element[end...]
  }
}
