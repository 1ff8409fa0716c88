import ChannelMessages
import Testing

@Suite struct LimitsTests {
  private func scan(_ text: String, _ limits: JSONLimits = .standard) -> Result<[MessageElement], JSONError> {
    let bytes = Array(text.utf8)
    return Result { () throws(JSONError) in try MessageArray.scan(bytes, limits: limits) }
  }

  @Test func aMessageDeeperThanTheLimitIsUnreadableAlone() throws {
    func text(_ levels: Int) -> String {
      let good = #"{"id":"a","timestamp":1,"type":"event","payload":1}"#
      let deep = #"{"id":"a","timestamp":1,"type":"event","payload":\#(Sample.nested(levels))}"#
      return "[\(good),\(deep),\(good)]"
    }
    #expect(try scan(text(512)).get().map { $0.message != nil } == [true, true, true])
    #expect(try scan(text(513)).get().map { $0.message != nil } == [true, false, true])
    #expect(try scan(text(8), JSONLimits(depth: 7)).get().map { $0.message != nil } == [true, false, true])
    guard case .unreadable(let error) = try scan(text(513)).get()[1].content else { return }
    #expect(error.reason == .tooDeep)
  }

  @Test(arguments: [1, 63, 64, 65, 127, 128, 129, 200_000]) func survivesAnyNestingOfWellFormedText(_ levels: Int)
    throws
  {
    for payload in [
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels),
      String(repeating: #"{"":"#, count: levels) + "1" + String(repeating: "}", count: levels), Sample.nested(levels),
    ] {
      let elements = try MessageArray.scan(Sample.window(payload: payload), limits: JSONLimits(depth: .max))
      let hazard = elements.first?.message?.hazard
      if levels < 126 { #expect(hazard == nil) } else if case .nesting = hazard {} else { Issue.record("no hazard") }
    }
  }

  @Test func survivesAMillionOpenBracketsOfBothKinds() {
    for unit in ["[", #"{"":"#, #"[{"a":"#] {
      let text = "[" + String(repeating: unit, count: 1_000_000)
      #expect(scan(text) == .failure(JSONError(offset: text.utf8.count, reason: .unexpectedEnd)))
    }
  }

  @Test func throwsAtTheUnreadableElementBeyondTheLimit() throws {
    #expect(try scan("[1,1,1]", JSONLimits(unreadable: 3)).get().count == 3)
    #expect(scan("[1,1,1,1]", JSONLimits(unreadable: 3)) == .failure(JSONError(offset: 7, reason: .tooManyUnreadable)))
    let many = "[" + String(repeating: "1,", count: 2_000) + "1]"
    #expect(scan(many) == .failure(JSONError(offset: 1 + 2 * 1_024, reason: .tooManyUnreadable)))
  }

  @Test func countsElementsThatAreNoUTF8TowardsTheLimit() {
    var text: [UInt8] = [0x5B]
    for _ in 0..<4 { text += [0x22, 0xFF, 0x22, 0x2C] }
    text[text.count - 1] = 0x5D
    let error = failure { () throws(JSONError) in _ = try MessageArray.scan(text, limits: JSONLimits(unreadable: 3)) }
    #expect(error == JSONError(offset: 13, reason: .tooManyUnreadable))
  }

  @Test func refusesATextOverTheLimitBeforeLookingAtIt() {
    #expect(scan("[ not json", JSONLimits(bytes: 9)) == .failure(JSONError(offset: 9, reason: .tooLong)))
    #expect(scan("[       ]", JSONLimits(bytes: 9)) == .success([]))
  }

  @Test func sortsHostileKeysInReasonableTime() throws {
    // Each differs from the others in its last bytes only, and there is an escape in every second one.
    let stem = String(repeating: "k", count: 200)
    let keys = (0..<20_000).map { #""\#($0 % 2 == 0 ? stem : "\\u006b" + stem.dropFirst())\#($0)":0"# }
    let elements = try MessageArray.scan(Sample.window(payload: "{" + keys.joined(separator: ",") + "}"))
    #expect(elements.first?.message != nil && elements.first?.message?.duplicateKeyOffset == nil)
  }

  /// Texts that a stranger may send up to the limit; what counts is that each ends, and soon.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "[", #"{"":"#, #"[{"a":"#, "[1,", "[[],", "[{},", #""","#, #""\\","#, #""\ud800","#, "-", "1", "1e9", "\n", "\\",
      #"{"a":0},"#, #"["",0,"event",null,"",1,null],"#,
    ]
  )
  func endsSoonOnHostileTexts(_ unit: String) {
    #if DEBUG
      let size = 1 << 20
    #else
      let size = 8 << 20
    #endif
    for (before, after) in [
      ("[", ""), ("[", "1]"), (#"[{"id":""#, ""), (#"[{"id":"a","timestamp":1,"type":"event","payload":["#, "1]}]"),
    ] {
      let count = (size - before.utf8.count - after.utf8.count) / unit.utf8.count
      let bytes = Array((before + String(repeating: unit, count: count) + after).utf8)
      _ = try? MessageArray.scan(bytes)
      _ = PeerReader.judge(bytes)
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: [#""":0"#, #""a":0"#, #""\u0061":0"#, #""the same long key":0"#])
  func endsSoonOnManyEqualKeys(_ field: String) throws {
    #if DEBUG
      let count = 20_000
    #else
      let count = 500_000
    #endif
    let fields = Array(repeating: field, count: count).joined(separator: ",")
    let index = try #require(try MessageArray.scan(Sample.window(payload: "{\(fields)}")).first?.message)
    #expect(index.duplicateKeyOffset == index.payload.lowerBound + 1 + field.utf8.count + 1)
  }
}
