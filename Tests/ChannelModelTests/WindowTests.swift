import ChannelMessages
import TestSupport
import Testing

@testable import ChannelModel

@Suite struct WindowTests {
  static func element(_ number: Int, id: String? = nil, payload: String = "{\"n\":1.10}") -> String {
    "{\"id\":\"\(id ?? String(number))\",\"timestamp\":\(number),\"type\":\"event\",\"method\":\"m\",\"payload\":\(payload)}"
  }

  static func text(_ elements: [String], pretty: Bool) -> [UInt8] {
    guard !elements.isEmpty else { return Array("[]".utf8) }
    return Array((pretty ? "[\n  " : "[").utf8) + Array(elements.joined(separator: pretty ? ",\n  " : ",\n").utf8)
      + Array((pretty ? "\n]" : "]").utf8)
  }

  static func window(_ bytes: [UInt8], knowing former: Window? = nil) throws -> Window {
    guard case .window(let window) = Window.look(at: bytes, knowing: former) else {
      throw JSONError(offset: 0, reason: .expectedArray)
    }
    return window
  }

  /// Whatever the former window was, a look that knows it sees what a look without it sees.
  @Test(arguments: [false, true], [false, true])
  func knowingTheFormerWindowChangesNothing(_ formerIsPretty: Bool, _ nextIsPretty: Bool) throws {
    for count in 0...4 {
      for dropped in 0...count {
        for fresh in 0...3 {
          let former = try Self.window(Self.text((0..<count).map { Self.element($0) }, pretty: formerIsPretty))
          let next = Self.text((dropped..<count + fresh).map { Self.element($0) }, pretty: nextIsPretty)
          #expect(Window.look(at: next, knowing: former) == Window.look(at: next))
        }
      }
    }
  }

  @Test func everyCutAndEveryChangedByteIsSeenAlikeWithAndWithoutAFormerWindow() throws {
    let former = try Self.window(Self.text((0..<4).map { Self.element($0) }, pretty: true))
    let next = Self.text((1..<6).map { Self.element($0) }, pretty: true)
    for count in 0...next.count {
      let cut = Array(next[..<count])
      #expect(Window.look(at: cut, knowing: former) == Window.look(at: cut))
    }
    for place in next.indices {
      var changed = next
      changed[place] ^= 0x11
      #expect(Window.look(at: changed, knowing: former) == Window.look(at: changed), "byte \(place)")
    }
  }

  @Test(arguments: ["", " ", "\n\t ", "\u{A0}"]) func blankIsNotTorn(_ text: String) {
    #expect(Window.look(at: Array(text.utf8)) == .blank)
  }

  @Test func tornTellsWhere() {
    #expect(Window.look(at: Array("[{\"id\":".utf8)) == .torn(JSONError(offset: 7, reason: .unexpectedEnd)))
  }

  static func spliced(_ window: Window, keeping places: [Int], adding added: [[UInt8]]) -> WindowText {
    var text = WindowText(window, identities: window.elements.map { _ in nil })
    text.keep(places)
    for element in added { text.append(element[...], as: nil) }
    return text
  }

  @Test(arguments: [false, true]) func aSpliceKeepsBytesAndAddsCompactLines(_ isPretty: Bool) throws {
    let old = try Self.window(
      Self.text((0..<6).map { Self.element($0, payload: "{\"b\":1, \"a\":[1e2 ]}") }, pretty: isPretty)
    )
    let choices: [[Int]] = [[], [0], [5], [0, 1, 2, 3, 4, 5], [2, 3, 4], [0, 2, 3, 5], [3, 4, 5], [0, 1]]
    for places in choices {
      for count in 0...2 {
        let added = (0..<count).map { Array(Self.element(10 + $0).utf8) }
        var text = Self.spliced(old, keeping: places, adding: added)
        let bytes = Array(text.closed())
        #expect(Array(text.closed()) == bytes)
        #expect(bytes.count == text.byteCount)
        let new = try Self.window(bytes)
        let expected = places.map { Array(old.bytes[old.elements[$0].range]) } + added
        #expect(new.elements.map { Array(bytes[$0.range]) } == expected)
        #expect(text.identities.count == expected.count)
      }
    }
  }

  @Test func anEmptyTextIsAnEmptyArray() {
    for window in [Window.empty, Window(bytes: [], elements: [])] {
      var text = Self.spliced(window, keeping: [], adding: [])
      #expect(Array(text.closed()) == Array("[]".utf8))
      text.append(Array(Self.element(1).utf8)[...], as: nil)
      #expect(Array(text.closed()) == Array("[\(Self.element(1))]".utf8))
    }
  }

  /// What has left does not stay in memory, and what is there is the same however long it went on.
  @Test func aTextThatGoesOnForLongHoldsItsNewest() throws {
    var text = WindowText()
    for number in 0..<2_000 {
      text.append(
        Golden.message(UInt64(number + 1), "m"),
        as: .own(SequenceNumber(UInt64(number + 1))),
        at: 1_800_000_000_000
      )
      if text.identities.count > 100 { text.keep(Array(1...100)) }
    }
    let window = try Self.window(Array(text.closed()))
    #expect(window.elements.count == 100 && window.elements.allSatisfy { $0.message?.timestamp == 1_800_000_000_000 })
    #expect(window.identities(in: .backendToFrontend, key: Golden.key) == text.identities)
    #expect(text.identities.first == .own(SequenceNumber(1_901)))
  }

  @Test func ourOwnAreKnownByTheirIDsAndEqualForeignOnesByTheirPlace() throws {
    let key = Golden.key
    let own = String(describing: key.id(of: SequenceNumber(7), in: .backendToFrontend))
    let elements = [
      Self.element(1), Self.element(2, id: own), Self.element(1), "{\"no\":\"message\"}",
      Self.element(2, id: own.uppercased()),
    ]
    let window = try Self.window(Self.text(elements, pretty: false))
    let identities = window.identities(in: .backendToFrontend, key: key)
    #expect(identities[1] == .own(SequenceNumber(7)))
    #expect(identities[4] == .own(SequenceNumber(7)))
    #expect(identities[3] == nil)
    #expect(identities[0] != identities[2] && identities[0] != nil)
    #expect(window.identities(in: .frontendToBackend, key: key)[1] != .own(SequenceNumber(7)))
  }

  @Test func anEscapeDoesNotMakeAnotherMessage() throws {
    let plain = try Self.window(Array("[\(Self.element(1, id: "a/b"))]".utf8))
    let escaped = try Self.window(Array("[\(Self.element(1, id: "\\u0061\\/b"))]".utf8))
    #expect(
      plain.identities(in: .backendToFrontend, key: Golden.key)
        == escaped.identities(in: .backendToFrontend, key: Golden.key)
    )
  }

  @Test func stampingChangesTheTimestampAndNothingElse() {
    let element = Golden.message(7, "first")
    let stamped = OwnMessageText.stamped(element, with: 99)
    #expect(
      String(decoding: stamped, as: UTF8.self)
        == String(decoding: element, as: UTF8.self).replacing("1767225600123", with: "99")
    )
    for other in [
      "{\"timestamp\":5,\"id\":\"x\"}", "{\"id\":\"\\\"\",\"timestamp\":5}", "{\"id\":\"x\",\"timestamp\":\"5\"}",
      "{\"id\":\"", "[]", "",
    ] {
      #expect(OwnMessageText.stamped(Array(other.utf8), with: 99) == Array(other.utf8))
    }
  }

  @Test func oneMessageThatAPeerCannotReadMakesTheWindowUnreadableToIt() throws {
    #expect(try Self.window(Self.text([Self.element(1)], pretty: false)).isReadableToPeers)
    #expect(
      try !Self.window(Self.text([Self.element(1), Self.element(2, payload: "1e400")], pretty: false)).isReadableToPeers
    )
    #expect(try !Self.window(Self.text([Self.element(1), "7"], pretty: false)).isReadableToPeers)
  }
}
