// Which methods somebody wants.

/// A method's name in which `*` stands for any run of characters.
package struct MethodPattern: Hashable, Sendable {
  private let parts: [[UInt8]]

  package init(_ text: String) {
    parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
  }

  /// Whether it names one method.
  package var isExact: Bool { parts.count == 1 }

  /// How many stars it has.
  package var starCount: Int { parts.count - 1 }

  package func matches(_ method: String) -> Bool { stretches(in: Array(method.utf8)) != nil }

  /// Whether there is a name that both want.
  package func overlaps(_ other: MethodPattern) -> Bool {
    let (one, other) = (elements, other.elements)
    // Whether what is left of one from each place on, and of the other from this place on, have a name in common.
    var behind = one.indices.map { one[$0...].allSatisfy { $0 == nil } } + [true]
    for place in other.indices.reversed() {
      var now = [Bool](repeating: other[place] == nil && behind[one.count], count: one.count + 1)
      for start in one.indices.reversed() {
        switch (one[start], other[place]) {
        // A star stands for nothing, or for what is next on the other side and perhaps more.
        case (nil, _), (_, nil): now[start] = now[start + 1] || behind[start]
        case (let left, let right): now[start] = left == right && behind[start + 1]
        }
      }
      behind = now
    }
    return behind[0]
  }

  /// Byte by byte; nil for a star.
  private var elements: [UInt8?] {
    Array(parts.map { $0.map(Optional.some) }.joined(separator: [nil]))
  }

  /// What each star stands for in a name; nil when the name is not wanted. Of several ways to match the one counts in
  /// which the first star stands for the least, then the second, and so on.
  package func captures(in method: String) -> [String]? {
    let bytes = Array(method.utf8)
    return stretches(in: bytes)?.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  private func stretches(in bytes: [UInt8]) -> [Range<Int>]? {
    guard bytes.starts(with: parts[0]) else { return nil }
    if isExact { return bytes.count == parts[0].count ? [] : nil }
    var stretches: [Range<Int>] = []
    stretches.reserveCapacity(starCount)
    var start = parts[0].count
    for part in parts.dropFirst().dropLast() {
      // The earliest place for each leaves the most for those behind it.
      guard let place = (start...bytes.count).first(where: { bytes[$0...].starts(with: part) }) else { return nil }
      stretches.append(start..<place)
      start = place + part.count
    }
    let last = parts[parts.count - 1]
    guard bytes.count - start >= last.count, bytes.suffix(last.count).elementsEqual(last) else { return nil }
    stretches.append(start..<bytes.count - last.count)
    return stretches
  }
}
