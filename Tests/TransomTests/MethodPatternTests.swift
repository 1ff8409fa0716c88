// Which handler takes which method.

internal import Testing
@testable internal import Transom

@Suite("Method patterns") struct MethodPatternTests {
  @Test(arguments: [
    ("get", "get", true), ("get", "gets", false), ("get", "ge", false), ("*", "anything", true), ("*", "", true),
    ("user.*", "user.get", true), ("user.*", "user.", true), ("user.*", "users.get", false),
    ("*.get", "user.get", true), ("*.get", "user.get.all", false), ("a*b*c", "aXbYc", true), ("a*b*c", "aXcYb", false),
    ("a*a", "a", false), ("a*a", "aa", true), ("**", "x", true), ("", "", true), ("", "x", false),
    ("*ab*ab", "abab", true), ("*ab*ab", "ab", false), ("ü*", "über", true),
  ])
  func matches(pattern: String, method: String, expected: Bool) {
    #expect(MethodPattern(pattern).matches(method) == expected)
  }

  @Test func endSoonOnPatternsOfManyStars() {
    let pattern = MethodPattern(String(repeating: "a*", count: 200) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 5_000)))
  }
}
