import ChannelBridge
import ChannelMessages
import TestSupport
import Testing

@Suite("The trail of a message") struct TrailTests {
  private static func fields(_ via: JSONText) -> [MessageField] {
    [MessageField(name: "other", value: 1), MessageField(name: "via", value: via)].compactMap(\.self)
  }

  @Test func growsByEachBridge() throws {
    let once = try Trail.extended([], by: "a")
    #expect(once == Self.fields(["a"]).suffix(1))
    #expect(try Trail.extended(Self.fields(["a"]), by: "b") == Self.fields(["a", "b"]))
  }

  @Test func endsWhereItBegan() {
    #expect(throws: Trail.Fault.circle) { try Trail.extended(Self.fields(["a", "b"]), by: "a") }
  }

  @Test func isNotLongerThanItMayBe() throws {
    var fields: [MessageField] = []
    for number in 0..<Trail.longest { fields = try Trail.extended(fields, by: "\(number)") }
    #expect(throws: Trail.Fault.tooLong) { try Trail.extended(fields, by: "x") }
  }

  @Test(arguments: [JSONText.null, 1, "a", ["a", 1], ["a": "b"], [["a"]]])
  func isAListOfNames(via: JSONText) {
    #expect(throws: Trail.Fault.unreadable) { try Trail.extended(Self.fields(via), by: "x") }
  }
}
