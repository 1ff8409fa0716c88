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
}
