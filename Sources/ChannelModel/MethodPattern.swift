// Which methods somebody wants.

/// A method's name in which `*` stands for any run of characters.
package struct MethodPattern: Hashable, Sendable {
  private let parts: [[UInt8]]

  package init(_ text: String) {
    parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
  }

  /// Whether it names one method.
  package var isExact: Bool { parts.count == 1 }

  package func matches(_ method: String) -> Bool {
    var rest = Array(method.utf8)[...]
    guard rest.starts(with: parts[0]) else { return false }
    if isExact { return rest.count == parts[0].count }
    rest = rest.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() {
      // The earliest place for each leaves the most for those behind it.
      guard let place = rest.indices.first(where: { rest[$0...].starts(with: part) }) else {
        if part.isEmpty { continue }
        return false
      }
      rest = rest[(place + part.count)...]
    }
    let last = parts[parts.count - 1]
    return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
  }
}
