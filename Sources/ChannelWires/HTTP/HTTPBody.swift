// What follows a head.

/// Collects a body until it is complete.
struct HTTPBody {
  /// How it is known where it ends.
  enum Extent {
    case none
    case bytes(Int)
    case chunks
    case stream
  }

  private(set) var bytes: [UInt8] = []
  private let extent: Extent
  private let limit: Int
  private var chunks = HTTPChunks()

  init(_ extent: Extent, limit: Int) {
    self.extent = extent
    self.limit = limit
  }

  var isComplete: Bool {
    switch extent {
    case .none: true
    case .bytes(let count): bytes.count == count
    case .chunks: chunks.isComplete
    case .stream: false
    }
  }

  var endsWithStream: Bool {
    if case .stream = extent { true } else { false }
  }

  /// Takes as much as belongs to it.
  mutating func take(_ rest: inout ArraySlice<UInt8>) throws(HTTPRefusal) {
    switch extent {
    case .none: break
    case .bytes(let count): take(&rest, count - bytes.count)
    case .chunks: try chunks.take(&rest, into: &bytes, limit: limit)
    case .stream:
      guard rest.count <= limit - bytes.count else { throw .bodyTooLong }
      take(&rest, rest.count)
    }
  }

  private mutating func take(_ rest: inout ArraySlice<UInt8>, _ count: Int) {
    let part = rest.prefix(count)
    bytes += part
    rest = rest.dropFirst(part.count)
  }
}
