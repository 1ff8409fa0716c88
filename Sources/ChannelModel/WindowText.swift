// The text of a window, as a projector keeps and changes it.

internal import ChannelMessages

/// A window's elements byte for byte, from which the front leaves and behind which others join.
///
/// Nothing that is there is ever parsed and written anew, and what stays is not copied: a send costs what its own message
/// costs, and one write.
package struct WindowText: Sendable {
  /// Before the first element there is always a byte, where a bracket has room: so all of it is written as one stretch.
  private var bytes = [UInt8(ascii: "[")]
  private var ranges: [Range<Int>] = []
  /// Who the elements are, nil for those that are no messages for a 1.0 peer.
  package private(set) var identities: [ElementIdentity?] = []

  /// No elements.
  package init() {}

  /// A window as it was read; as many identities as it has elements.
  package init(_ window: Window, identities: [ElementIdentity?]) {
    // A file of nothing at all is one without elements, too.
    if window.elements.isEmpty { return }
    bytes = window.bytes
    ranges = window.elements.map(\.range)
    self.identities = identities
  }

  private static let separator = Array(",\n".utf8)
  /// So much of what has left may lie before what is there.
  private static let slack = 64 << 10

  // MARK: What is written

  private var body: Range<Int> {
    guard let first = ranges.first, let last = ranges.last else { return 0..<0 }
    return first.lowerBound..<last.upperBound
  }

  package var byteCount: Int { body.count + 2 }

  /// All of it, in one stretch: the kernel takes longer over three than over one.
  ///
  /// The brackets are put where separators stand that nobody needs: that of what has left, and that of what is to come.
  package mutating func closed() -> ArraySlice<UInt8> {
    let body = body
    let start = body.isEmpty ? 0 : body.lowerBound - 1
    let end = body.isEmpty ? 1 : body.upperBound
    bytes[start] = UInt8(ascii: "[")
    if end < bytes.count { bytes[end] = UInt8(ascii: "]") } else { bytes.append(UInt8(ascii: "]")) }
    return bytes[start...end]
  }

  // MARK: Changing

  /// Keeps the elements at these places, in ascending order, with what stands between neighbours.
  package mutating func keep(_ places: [Int]) {
    let dropped = ranges.count - places.count
    if places.isEmpty {
      self = WindowText()
    } else if places.first == dropped, places.last == ranges.count - 1 {
      // Those at the front leave, as it mostly is.
      ranges.removeFirst(dropped)
      identities.removeFirst(dropped)
      closeUp()
    } else {
      rebuild(places)
    }
  }

  private mutating func closeUp() {
    // What stands before the first element stays, for the bracket.
    let start = body.lowerBound - 1
    guard start > body.count + Self.slack else { return }
    bytes.removeSubrange(..<start)
    for place in ranges.indices {
      ranges[place] = ranges[place].lowerBound - start..<ranges[place].upperBound - start
    }
  }

  private mutating func rebuild(_ places: [Int]) {
    var kept = WindowText()
    var before: Int?
    for place in places {
      if let before, before == place - 1, let last = kept.ranges.last {
        // What stands between two neighbours, comma and white space, stays with them.
        let between = ranges[before].upperBound..<ranges[place].lowerBound
        kept.bytes += bytes[between]
        kept.ranges.append(last.upperBound + between.count..<last.upperBound + between.count + ranges[place].count)
        kept.bytes += bytes[ranges[place]]
        kept.identities.append(identities[place])
      } else {
        kept.append(bytes[ranges[place]], as: identities[place])
      }
      before = place
    }
    self = kept
  }

  /// Adds an element behind the others.
  package mutating func append(_ element: ArraySlice<UInt8>, as identity: ElementIdentity?) {
    if ranges.isEmpty {
      bytes.removeSubrange(1...)
    } else {
      let end = body.upperBound
      // A bracket, or what else a window that was read has behind its last element.
      if bytes.count > end { bytes.removeSubrange(end...) }
      bytes += Self.separator
    }
    let start = bytes.count
    bytes += element
    ranges.append(start..<bytes.count)
    identities.append(identity)
  }

  /// Adds a message of ours as the journal holds it, with the timestamp that it is to show.
  package mutating func append(_ message: [UInt8], as identity: ElementIdentity, at timestamp: UInt64) {
    if let digits = OwnMessageText.timestampPlace(in: message), OwnIDs.writableTimes.contains(timestamp),
      digits == OwnIDs.timePlace
    {
      append(message[...], as: identity)
      let start = ranges[ranges.count - 1].lowerBound
      // Safe: the message was just put there, and its digits lie within it.
      unsafe bytes.withUnsafeMutableBytes { bytes in
        unsafe OwnIDs.write(
          timestamp,
          to: UnsafeMutableRawBufferPointer(rebasing: bytes[start + digits.lowerBound..<start + digits.upperBound])
        )
      }
    } else {
      append(OwnMessageText.stamped(message, with: timestamp)[...], as: identity)
    }
  }
}
