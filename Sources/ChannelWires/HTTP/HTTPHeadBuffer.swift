// A head as it comes.

/// Collects the bytes of a head until it is whole, and looks at its lines as they come.
struct HTTPHeadBuffer {
  /// How long a head may be, with the empty line at its end.
  static let limit = 8 << 10

  /// What came of a head that is not whole yet; all of it was looked at.
  private var pending: [UInt8] = []
  private var lines = HTTPLines()

  var isEmpty: Bool { pending.isEmpty }

  /// Takes as much as belongs to the head, and gives it when it is whole.
  mutating func take(_ rest: inout ArraySlice<UInt8>) throws(HTTPRefusal) -> ArraySlice<UInt8>? {
    let room = Self.limit - pending.count
    let before = pending.count
    pending += rest.prefix(room)
    guard let end = try lines.end(in: pending) else {
      guard pending.count < Self.limit else { throw .headTooLong }
      rest = []
      return nil
    }
    rest = rest.dropFirst(end - before)
    defer { self = Self() }
    return pending[..<end]
  }
}
