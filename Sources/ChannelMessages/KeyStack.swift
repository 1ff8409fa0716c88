/// The keys of the objects that are open while a value is walked, to find the ones that come twice.
///
/// One array serves for all levels: an entry that marks an object's beginning, then its keys. A few keys are compared
/// as they come; the keys of a large object are sorted when it closes, which stays n log n whoever chose them.
///
/// Memory of its own instead of an array: the checks of uniqueness and bounds at each key cost a tenth of a scan. Each
/// place is below `count`, and `count` is never above `capacity`.
@safe
struct KeyStack: ~Copyable {
  struct Key {
    /// Behind the opening quote; for a mark, where the enclosing object's keys begin.
    var start: UInt32
    /// Number of bytes as written, and in the lowest bit whether there are escapes among them.
    private var lengthAndEscape: UInt32
    /// The first eight bytes, which differ for nearly all pairs of keys.
    var prefix: UInt64

    @inline(__always)
    init(start: Int, length: Int, isEscaped: Bool, prefix: UInt64) {
      self.start = UInt32(truncatingIfNeeded: start)
      lengthAndEscape = UInt32(truncatingIfNeeded: length) &<< 1 | (isEscaped ? 1 : 0)
      self.prefix = prefix
    }

    var length: Int { Int(lengthAndEscape &>> 1) }
    var isEscaped: Bool { lengthAndEscape & 1 == 1 }

    /// Whether both are written alike, but for what follows their first eight bytes.
    @inline(__always)
    func begins(like other: Key) -> Bool { prefix == other.prefix && lengthAndEscape == other.lengthAndEscape }
  }

  private var keys: UnsafeMutablePointer<Key>
  private var capacity = 64
  private var count = 0
  /// Where the innermost object's keys begin.
  private var first = 0
  /// Whether any key since the last clearing has escapes; equal keys may be written differently then.
  private var hasEscapes = false

  /// As many keys as are cheaper to compare than to sort.
  private static let few = 24

  init() { unsafe keys = .allocate(capacity: capacity) }

  deinit { unsafe keys.deallocate() }

  /// Forgets all; the next object is an outermost one.
  @inline(__always)
  mutating func clear() {
    count = 0
    first = 0
    hasEscapes = false
  }

  /// An object begins.
  @inline(__always)
  mutating func open() {
    append(Key(start: first, length: 0, isEscaped: false, prefix: 0))
    first = count
  }

  /// A key of the innermost object; answers whether it is known already to be there a second time.
  @inline(__always)
  mutating func add(_ start: Int, _ end: ScanBytes.StringEnd, in bytes: ScanBytes) -> Bool {
    let length = end.quote &- start
    let key = Key(start: start, length: length, isEscaped: end.isEscaped, prefix: bytes.prefix(start, length))
    if end.isEscaped { hasEscapes = true }
    var isDouble = false
    if count &- first < Self.few {
      if hasEscapes {
        isDouble = findEscaped(key, in: bytes)
      } else {
        var index = first
        while index < count {
          // Safe: below `count`.
          let other = unsafe keys[index]
          if other.begins(like: key), bytes.same(Int(other.start), start, length: length) { isDouble = true }
          index &+= 1
        }
      }
    }
    append(key)
    return isDouble
  }

  @inline(__always)
  private mutating func append(_ key: Key) {
    if count == capacity { grow() }
    // Safe: below `capacity`.
    unsafe (keys + count).initialize(to: key)
    count &+= 1
  }

  @inline(never)
  private mutating func grow() {
    let larger = UnsafeMutablePointer<Key>.allocate(capacity: capacity * 2)
    unsafe larger.moveInitialize(from: keys, count: count)
    unsafe keys.deallocate()
    unsafe keys = larger
    capacity *= 2
  }

  @inline(never)
  private func findEscaped(_ key: Key, in bytes: ScanBytes) -> Bool {
    for index in first..<count where Self.order(unsafe keys[index], key, in: bytes) == .same { return true }
    return false
  }

  /// The innermost object ends; answers where the first key of it stands that came twice, if that was not told before.
  @inline(__always)
  mutating func close(in bytes: ScanBytes) -> Int? {
    let double = count &- first > Self.few ? sortAndFind(in: bytes) : nil
    guard first > 0 else { return double }
    count = first &- 1
    // Safe: the mark stands below the object's first key.
    first = Int(unsafe keys[count].start)
    return double
  }

  @inline(never)
  private mutating func sortAndFind(in bytes: ScanBytes) -> Int? {
    // Safe: the buffer covers places below `count` and does not outlive the call.
    var own = unsafe UnsafeMutableBufferPointer(start: keys + first, count: count - first)
    unsafe own.sort { Self.order($0, $1, in: bytes).isBefore(whenSame: $0.start < $1.start) }
    var double: UInt32?
    for index in 1..<own.count where Self.order(unsafe own[index - 1], unsafe own[index], in: bytes) == .same {
      double = min(double ?? .max, unsafe own[index].start)
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
    var one = EscapedText(bytes, Int(one.start), Int(one.start) + one.length)
    var other = EscapedText(bytes, Int(other.start), Int(other.start) + other.length)
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
    let shared = min(one.length, other.length)
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
