// The JSON array that 1.0 peers read and write.

package import ChannelMessages

/// A window's bytes, and where its messages stand in them. Nothing that is there is ever parsed and written anew.
package struct Window: Hashable, Sendable {
  package let bytes: [UInt8]
  package let elements: [MessageElement]
  /// Whether a 1.0 peer could read what is there; it reads all or nothing.
  package let isReadableToPeers: Bool

  /// What a look at a file shows.
  package enum Sight: Hashable, Sendable {
    /// No bytes, or only white space: a peer may be about to write.
    case blank
    case window(Window)
    /// No array: a peer may be half way through writing, or it is damaged.
    case torn(JSONError)
  }

  package init(bytes: [UInt8], elements: [MessageElement]) {
    self.init(bytes: bytes, elements: elements, isReadableToPeers: Self.areReadableToPeers(elements))
  }

  private init(bytes: [UInt8], elements: [MessageElement], isReadableToPeers: Bool) {
    self.bytes = bytes
    self.elements = elements
    self.isReadableToPeers = isReadableToPeers
  }

  package static let empty = Window(bytes: Array("[]".utf8), elements: [])

  /// Reads a file's bytes. Where they go on from `former`, only what is new in them is scanned.
  package static func look(at bytes: [UInt8], knowing former: Window? = nil, limits: JSONLimits = .standard) -> Sight {
    if let next = former?.continued(in: bytes, limits: limits) { return .window(next.window) }
    if MessageArray.isBlank(bytes) { return .blank }
    do throws(JSONError) {
      return .window(Window(bytes: bytes, elements: try MessageArray.scan(bytes, limits: limits)))
    } catch {
      return .torn(error)
    }
  }

  // MARK: Going on from a former window

  /// The window that `bytes` hold, when they begin with some element of this one and everything behind it, unchanged.
  ///
  /// A writer that appends one message and cuts the oldest does just that, so that comparing bytes is nearly all of the
  /// reading. So many of its elements are those at the end of this one.
  func continued(in bytes: [UInt8], limits: JSONLimits) -> (window: Window, keptCount: Int)? {
    guard let last = elements.last, let start = Self.firstElement(of: bytes) else { return nil }
    for dropped in elements.indices {
      let stretch = elements[dropped].range.lowerBound..<last.range.upperBound
      guard ByteStretch.matches(self.bytes, Self.head(of: elements[dropped]), in: bytes, at: start) else { continue }
      guard ByteStretch.matches(self.bytes, stretch, in: bytes, at: start) else { return nil }
      let distance = start - stretch.lowerBound
      guard let fresh = Self.tail(of: bytes, from: start + stretch.count, limits: limits) else { return nil }
      let keptCount = elements.count - dropped
      var all: [MessageElement] = []
      all.reserveCapacity(keptCount + fresh.count)
      for element in elements[dropped...] { all.append(distance == 0 ? element : element.moved(by: distance)) }
      all += fresh
      // Who is unreadable in this one may be gone from the next.
      let isReadable = isReadableToPeers ? Self.areReadableToPeers(fresh) : Self.areReadableToPeers(all)
      return (Window(bytes: bytes, elements: all, isReadableToPeers: isReadable), keptCount)
    }
    return nil
  }

  /// So much of an element tells it from the others: an id stands there, in whatever form it is written.
  private static func head(of element: MessageElement) -> Range<Int> {
    element.range.lowerBound..<min(element.range.upperBound, element.range.lowerBound + 96)
  }

  private static func firstElement(of bytes: [UInt8]) -> Int? {
    guard let bracket = bytes.firstIndex(where: { !isBlank($0) }), bytes[bracket] == UInt8(ascii: "[") else {
      return nil
    }
    return bytes[(bracket + 1)...].firstIndex { !isBlank($0) }
  }

  /// The elements behind one that ends at `offset`; nil when what follows is no rest of an array.
  private static func tail(of bytes: [UInt8], from offset: Int, limits: JSONLimits) -> [MessageElement]? {
    guard let next = bytes[offset...].firstIndex(where: { !isBlank($0) }) else { return nil }
    switch bytes[next] {
    case UInt8(ascii: "]"): return try? MessageArray.scanTail(bytes, from: next, limits: limits)
    case UInt8(ascii: ","):
      // A comma with nothing behind it is a broken array, and the whole scan says so best.
      let rest = try? MessageArray.scanTail(bytes, from: next + 1, limits: limits)
      return rest?.isEmpty == false ? rest : nil
    default: return nil
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  // MARK: Who is in it

  /// By what each element is recognised, nil for those that are no messages.
  package func identities(in direction: Direction, key: ChannelKey) -> [ElementIdentity?] {
    var equals: [ForeignTraits: Int] = [:]
    return elements.map { element in
      guard let message = element.message, element.isWithinRecord else { return nil }
      if let number = Self.ownNumber(of: message, in: bytes, direction, key) { return .own(number) }
      let traits = ForeignTraits(message, in: bytes)
      let place = equals[traits, default: 0]
      equals[traits] = place + 1
      return .foreign(key.memory(of: traits, place: place))
    }
  }

  /// The seq that a message's id proves, should it be one of ours.
  static func ownNumber(
    of message: MessageIndex,
    in bytes: [UInt8],
    _ direction: Direction,
    _ key: ChannelKey
  ) -> SequenceNumber? {
    let place = message.id
    if let proof = UniqueID(text: bytes, at: place.lowerBound, count: place.count) {
      return key.sequenceNumber(provenBy: proof, in: direction)
    }
    // A rewrite may escape what needs no escaping.
    guard bytes[place].contains(UInt8(ascii: "\\")), let id = JSONString.decode(bytes, place),
      let proof = UniqueID(text: id.utf8)
    else { return nil }
    return key.sequenceNumber(provenBy: proof, in: direction)
  }

  private static func areReadableToPeers(_ elements: [MessageElement]) -> Bool {
    elements.allSatisfy { $0.message.map { $0.hazard == nil } ?? false }
  }
}
