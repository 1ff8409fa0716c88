import ChannelMessages
import ChannelModel
import TestSupport
import Testing

@testable import ChannelBridge

/// Answers that hold for a while.
struct AnswerCacheTests {
  private static let start = Moment(nanoseconds: 1_000_000_000)
  private static func after(_ seconds: Int) -> Moment { start.advanced(by: .seconds(seconds)) }
  private static func cache() -> AnswerCache { AnswerCache(of: [MethodPattern("get.*")], for: .seconds(10)) }
  private static func question(_ method: String, _ payload: Int) -> Message {
    Message(id: "\(payload)", timestamp: 1, kind: .request, method: method, payload: JSONText(integer: payload))
  }

  @Test func holdForSoLongAndTheSameQuestionOnly() {
    var cache = Self.cache()
    cache.note(JSONText(integer: 7), to: Self.question("get.a", 1), at: Self.start)
    #expect(cache.answer(to: Self.question("get.a", 1), at: Self.after(9)) == JSONText(integer: 7))
    #expect(cache.answer(to: Self.question("get.a", 1), at: Self.after(10)) == nil)
    #expect(cache.answer(to: Self.question("get.a", 2), at: Self.start) == nil)
    #expect(cache.answer(to: Self.question("get.b", 1), at: Self.start) == nil)
  }

  @Test func areRememberedOnlyWhereItIsAskedFor() {
    var cache = Self.cache()
    cache.note(JSONText(integer: 7), to: Self.question("set.a", 1), at: Self.start)
    #expect(cache.answer(to: Self.question("set.a", 1), at: Self.start) == nil)
  }

  @Test func areReplacedByNewerOnes() {
    var cache = Self.cache()
    cache.note(JSONText(integer: 7), to: Self.question("get.a", 1), at: Self.start)
    cache.note(JSONText(integer: 8), to: Self.question("get.a", 1), at: Self.after(5))
    // The older one's time is up, which is not the newer one's.
    cache.note(JSONText(integer: 9), to: Self.question("get.a", 2), at: Self.after(12))
    #expect(cache.answer(to: Self.question("get.a", 1), at: Self.after(12)) == JSONText(integer: 8))
  }

  @Test func takeABoundedRoom() throws {
    var cache = Self.cache()
    let large = try JSONText(validating: Array("\"\(String(repeating: "x", count: 1 << 20))\"".utf8))
    for number in 0..<64 { cache.note(large, to: Self.question("get.a", number), at: Self.start) }
    let kept = (0..<64).filter { cache.answer(to: Self.question("get.a", $0), at: Self.start) != nil }
    #expect(kept == Array((64 - kept.count)..<64) && (10...16).contains(kept.count))
    for number in 0..<10_000 { cache.note(JSONText(integer: 1), to: Self.question("get.b", number), at: Self.start) }
    let small = (0..<10_000).count { cache.answer(to: Self.question("get.b", $0), at: Self.start) != nil }
    #expect(small == 4_096)
  }
}
