import LinuxIO
import Testing

/// The bytes of one record as the kernel lays it out; the name field as given, padding included.
private func record(_ watch: Int32, _ mask: UInt32, _ cookie: UInt32, field: [UInt8], length: UInt32? = nil) -> [UInt8]
{
  let words = [UInt32(bitPattern: watch), mask, cookie, length ?? UInt32(field.count)]
  return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } } + field
}

private func padded(_ name: String, to size: Int) -> [UInt8] {
  Array(name.utf8) + [UInt8](repeating: 0, count: size - name.utf8.count)
}

private func decode(_ bytes: [UInt8]) -> InotifyDecoder.Decoded { InotifyDecoder.events(in: bytes.span) }

@Suite struct InotifyDecoderTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let event: InotifyEvent
  }

  static let cases: [Case] = [
    Case(
      testDescription: "about the directory itself",
      bytes: record(1, 0x800, 0, field: []),
      event: InotifyEvent(watch: 1, mask: .selfMoved)
    ),
    Case(
      testDescription: "a padded name",
      bytes: record(7, 0x80, 42, field: padded("window.json", to: 16)),
      event: InotifyEvent(watch: 7, mask: .movedTo, cookie: 42, name: Array("window.json".utf8))
    ),
    Case(
      testDescription: "a name that fills its field, without a NUL",
      bytes: record(7, 0x80, 42, field: Array("sixteen-bytes-xx".utf8)),
      event: InotifyEvent(watch: 7, mask: .movedTo, cookie: 42, name: Array("sixteen-bytes-xx".utf8))
    ),
    Case(
      testDescription: "a field of nothing but NULs",
      bytes: record(2, 0x100, 0, field: [UInt8](repeating: 0, count: 16)),
      event: InotifyEvent(watch: 2, mask: .created)
    ),
    Case(
      testDescription: "bytes after the first NUL are padding",
      bytes: record(2, 0x100, 0, field: [0x61, 0, 0x62, 0]),
      event: InotifyEvent(watch: 2, mask: .created, name: [0x61])
    ),
    Case(
      testDescription: "a length that is no multiple of anything",
      bytes: record(2, 0x100, 0, field: [0x61, 0x62, 0x63]),
      event: InotifyEvent(watch: 2, mask: .created, name: [0x61, 0x62, 0x63])
    ),
    Case(
      testDescription: "overflow",
      bytes: record(-1, 0x4000, 0, field: []),
      event: .overflow
    ),
    Case(
      testDescription: "every bit set",
      bytes: record(.min, .max, .max, field: [0xff, 0xfe]),
      event: InotifyEvent(watch: .min, mask: InotifyMask(rawValue: .max), cookie: .max, name: [0xff, 0xfe])
    ),
  ]

  @Test("A record is decoded whole, and no part of it as anything", arguments: cases)
  func decodesWholeRecordsOnly(_ testCase: Case) {
    #expect(decode(testCase.bytes) == InotifyDecoder.Decoded(events: [testCase.event], end: .clean))
    for size in 1..<testCase.bytes.count {
      #expect(decode(Array(testCase.bytes.prefix(size))) == InotifyDecoder.Decoded(events: [], end: .cut(at: 0)))
    }
  }

  @Test func aBufferCutAtAnyPlaceGivesTheRecordsBeforeTheCut() {
    let bytes = Self.cases.flatMap(\.bytes)
    var boundaries = [0]
    for testCase in Self.cases { boundaries.append(boundaries[boundaries.count - 1] + testCase.bytes.count) }
    for size in 0...bytes.count {
      let whole = boundaries.lastIndex { $0 <= size } ?? 0
      let decoded = decode(Array(bytes.prefix(size)))
      #expect(decoded.events == Self.cases.prefix(whole).map(\.event))
      #expect(decoded.end == (boundaries[whole] == size ? .clean : .cut(at: boundaries[whole])))
    }
  }

  @Test func whatIsLeftOfACutDecodesOnceTheRestArrived() {
    let bytes = Self.cases.flatMap(\.bytes)
    var pending: [UInt8] = []
    var events: [InotifyEvent] = []
    for byte in bytes {
      pending.append(byte)
      let decoded = decode(pending)
      events += decoded.events
      if case .cut(let place) = decoded.end { pending.removeFirst(place) } else { pending = [] }
    }
    #expect(pending.isEmpty)
    #expect(events == Self.cases.map(\.event))
  }

  @Test(arguments: [UInt32(4_097), 65_536, 0x7fff_ffff, 0x8000_0000, .max])
  func anAbsurdLengthEndsDecodingWhereItStands(_ length: UInt32) {
    let good = record(3, 0x80, 1, field: padded("a", to: 16))
    let bad = record(3, 0x80, 1, field: padded("b", to: 16), length: length)
    let decoded = decode(good + bad + good)
    #expect(decoded.events == [InotifyEvent(watch: 3, mask: .movedTo, cookie: 1, name: [0x61])])
    #expect(decoded.end == .absurd(at: good.count, length: length))
  }

  @Test func unknownBitsAreKeptAndNamedSo() {
    let event = decode(record(1, 0x0010_0080, 0, field: [])).events.first
    #expect(event?.mask.contains(.movedTo) == true)
    #expect(event?.mask.unknown == InotifyMask(rawValue: 0x0010_0000))
    #expect(InotifyMask.known.unknown.isEmpty)
  }

  @Test func nothingAtAllDecodesToNothing() {
    #expect(decode([]) == InotifyDecoder.Decoded())
  }

  @Test func aNameThatIsNotTextHasNoText() {
    #expect(InotifyEvent(watch: 1, mask: .created, name: [0xff, 0xfe]).nameText == nil)
    #expect(InotifyEvent(watch: 1, mask: .created, name: Array("é\n".utf8)).nameText == "é\n")
  }

  /// A million in a release build; a debug build is some forty times slower.
  #if DEBUG
    static let rounds = 50_000
  #else
    static let rounds = 1_000_000
  #endif

  @Test func damagedBytesNeverTrapAndNeverGrow() {
    let original = Self.cases.flatMap(\.bytes)
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func random(below bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    for _ in 0..<Self.rounds {
      var bytes = Array(original.prefix(random(below: original.count + 1)))
      for _ in 0..<random(below: 8) where !bytes.isEmpty {
        bytes[random(below: bytes.count)] = UInt8(random(below: 256))
      }
      let decoded = decode(bytes)
      let used = decoded.events.reduce(0) { $0 + InotifyDecoder.headerSize + $1.name.count }
      guard used <= bytes.count else {
        Issue.record("\(used) bytes of events out of \(bytes)")
        return
      }
    }
  }
}
