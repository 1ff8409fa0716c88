import Glibc
import LinuxIO
import Testing

/// The decoder on bytes that a kernel wrote; fixtures/inotify/README.md says how they were made.
@Suite struct InotifyFixtureTests {
  @Test func aRenameIntoPlaceComesAsItsParts() throws {
    // In a constant first: the span of a temporary that may throw crashes the compiler (6.3.1).
    let bytes = try Self.fixture("rename")
    let decoded = InotifyDecoder.events(in: bytes.span)
    #expect(decoded.end == .clean)
    #expect(decoded.events.map(\.mask) == [.created, .closedAfterWriting, .movedFrom, .movedTo, .deleted])
    #expect(
      decoded.events.map(\.nameText) == [
        "window.tmp", "window.tmp", "window.tmp", "window.json", "window.json",
      ]
    )
    #expect(decoded.events[2].cookie != 0)
    #expect(decoded.events[2].cookie == decoded.events[3].cookie)
  }

  @Test func namesOfEveryKindComeAsBytes() throws {
    let bytes = try Self.fixture("names")
    let decoded = InotifyDecoder.events(in: bytes.span)
    #expect(decoded.end == .clean)
    #expect(
      decoded.events.map(\.name) == [
        Array("a".utf8), [UInt8](repeating: UInt8(ascii: "n"), count: 255), Array("two\nlines".utf8),
        [0xff, 0xfe, 0x80], Array("fifteen-bytes-x".utf8), Array("sixteen-bytes-xx".utf8),
      ]
    )
  }

  @Test func aDirectorysOwnEventsHaveNoName() throws {
    let bytes = try Self.fixture("self")
    let decoded = InotifyDecoder.events(in: bytes.span)
    #expect(
      decoded.events == [
        InotifyEvent(watch: 1, mask: .selfMoved), InotifyEvent(watch: 1, mask: .selfDeleted),
        InotifyEvent(watch: 1, mask: .ignored),
      ]
    )
  }

  @Test(arguments: ["rename", "names", "self"])
  func cutAtAnyPlaceTheyGiveTheirFirstEvents(_ name: String) throws {
    let bytes = try Self.fixture(name)
    let whole = InotifyDecoder.events(in: bytes.span).events
    for size in 0..<bytes.count {
      let events = decode(Array(bytes.prefix(size)))
      #expect(events == Array(whole.prefix(events.count)))
    }
  }

  private func decode(_ bytes: [UInt8]) -> [InotifyEvent] { InotifyDecoder.events(in: bytes.span).events }

  private static func fixture(_ name: String, source: String = #filePath) throws -> [UInt8] {
    let root = source.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let path = "\(root)/fixtures/inotify/\(name).bin"
    let file = OwnedDescriptor(taking: try #require(Self.opened(path)))
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(file.number, $0.baseAddress, $0.count) }
    return Array(bytes.prefix(max(0, count)))
  }

  private static func opened(_ path: String) -> Int32? {
    let number = unsafe open(path, O_RDONLY)
    return number < 0 ? nil : number
  }
}
