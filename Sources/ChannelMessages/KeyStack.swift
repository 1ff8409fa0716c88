/// The keys of the objects that are open while a value is walked, to find the ones that come twice.
///
/// One array serves for all levels: an entry that marks an object's beginning, then its keys. A few keys are compared
/// as they come; the keys of a large object are sorted when it closes, which stays n log n whoever chose them.
struct KeyStack: ~Copyable {
  struct Key {
    /// Behind the opening quote; for a mark, where the enclosing object's keys begin.
    var start: UInt32
    /// Number of bytes as written.
    var length: UInt32
    /// Whether it has escapes, so that an equal key may be written differently.
    var isEscaped = false
    /// The first eight bytes, which differ for nearly all pairs of keys.
    var prefix: UInt64
  }

  private var keys: [Key] = []
  /// Where the innermost object's keys begin.
  private var first = 0
  /// Whether any key since the last clearing has escapes.
  private var hasEscapes = false

  /// As many keys as are cheaper to compare than to sort.
  private static let few = 24

  init() { keys.reserveCapacity(64) }

  /// Forgets all; the next object is an outermost one.
  @inline(__always)
  mutating func clear() {
    keys.removeAll(keepingCapacity: true)
    first = 0
    hasEscapes = false
  }

  /// An object begins.
  @inline(__always)
  mutating func open() {
    keys.append(Key(start: UInt32(truncatingIfNeeded: first), length: 0, prefix: 0))
    first = keys.count
  }

  /// A key of the innermost object; answers whether it is known already to be there a second time.
  @inline(__always)
  mutating func add(_ start: Int, _ end: ScanBytes.StringEnd, in bytes: ScanBytes) -> Bool {
    let length = end.quote &- start
    let key = Key(
      start: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: length),
      isEscaped: end.isEscaped, prefix: bytes.prefix(start, length))
    if end.isEscaped { hasEscapes = true }
    var isDouble = false
    if keys.count &- first < Self.few {
      if hasEscapes {
        isDouble = findEscaped(key, in: bytes)
      } else {
        for index in first..<keys.count where keys[index].prefix == key.prefix && keys[index].length == key.length {
          if bytes.same(Int(keys[index].start), start, length: length) { isDouble = true }
        }
      }
    }
    keys.append(key)
    return isDouble
  }

  @inline(never)
  private func findEscaped(_ key: Key, in bytes: ScanBytes) -> Bool {
    for index in first..<keys.count where Self.order(keys[index], key, in: bytes) == .same { return true }
    return false
  }

  /// The innermost object ends; answers where the first key of it stands that came twice, if that was not told before.
  @inline(__always)
  mutating func close(in bytes: ScanBytes) -> Int? {
    let double = keys.count &- first > Self.few ? sortAndFind(in: bytes) : nil
    let mark = keys[first &- 1]
    keys.removeLast(keys.count &- first &+ 1)
    first = Int(mark.start)
    return double
  }

  @inline(never)
  private mutating func sortAndFind(in bytes: ScanBytes) -> Int? {
    keys[first...].sort { Self.order($0, $1, in: bytes).isBefore(whenSame: $0.start < $1.start) }
    var double: UInt32?
    for index in first + 1..<keys.count where Self.order(keys[index - 1], keys[index], in: bytes) == .same {
      double = min(double ?? .max, keys[index].start)
    }
    return double.map(Int.init)
  }

  private enum Order {
    case before, same, after

    func isBefore(whenSame: Bool) -> Bool {
      switch self {
      case .before: true
      case .same: whenSame
      case .after: false
      }
    }
  }

  /// Orders two keys by their decoded bytes.
  private static func order(_ one: Key, _ other: Key, in bytes: ScanBytes) -> Order {
    guard one.isEscaped || other.isEscaped else { return orderPlain(one, other, in: bytes) }
    var one = EscapedText(bytes, Int(one.start), Int(one.start) + Int(one.length))
    var other = EscapedText(bytes, Int(other.start), Int(other.start) + Int(other.length))
    while true {
      let (left, right) = (one.next(), other.next())
      switch (left, right) {
      case (nil, nil): return .same
      case (nil, _): return .before
      case (_, nil): return .after
      case (let left?, let right?):
        if left != right { return left < right ? .before : .after }
      }
    }
  }

  /// The same for keys that are written as they are, eight bytes at a time: whoever chooses long keys with one
  /// beginning should not make sorting slow.
  private static func orderPlain(_ one: Key, _ other: Key, in bytes: ScanBytes) -> Order {
    let shared = Int(min(one.length, other.length))
    var done = 0
    while done < shared {
      let left = bytes.prefix(Int(one.start) + done, shared - done)
      let right = bytes.prefix(Int(other.start) + done, shared - done)
      if left != right { return left.byteSwapped < right.byteSwapped ? .before : .after }
      done += 8
    }
    if one.length == other.length { return .same }
    return one.length < other.length ? .before : .after
  }
}
