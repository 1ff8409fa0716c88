// Which pattern takes which method.

import ChannelModel
import TestSupport
import Testing

@Suite("Method patterns") struct MethodPatternTests {
  @Test(arguments: [
    ("get", "get", true), ("get", "gets", false), ("get", "ge", false), ("*", "anything", true), ("*", "", true),
    ("user.*", "user.get", true), ("user.*", "user.", true), ("user.*", "users.get", false),
    ("*.get", "user.get", true), ("*.get", "user.get.all", false), ("a*b*c", "aXbYc", true), ("a*b*c", "aXcYb", false),
    ("a*a", "a", false), ("a*a", "aa", true), ("**", "x", true), ("", "", true), ("", "x", false),
    ("*ab*ab", "abab", true), ("*ab*ab", "ab", false), ("ü*", "über", true), ("build.*", "build.done", true),
    ("build.*", "build", false), ("build*", "build", true), ("", "a", false), ("*ab*d", "abcabd", true),
    ("a*ab", "aab", true), ("a*ab", "ab", false), ("*.status", "git.status", true), ("a*b*c", "aXbY", false),
  ])
  func matches(pattern: String, method: String, expected: Bool) {
    #expect(MethodPattern(pattern).matches(method) == expected)
  }

  /// Against the plainest thing that could do the work.
  @Test func matchAsTheDefinitionSays() {
    func plain(_ name: Substring, _ pattern: Substring) -> Bool {
      guard let first = pattern.first else { return name.isEmpty }
      if first == "*" {
        return plain(name, pattern.dropFirst()) || !name.isEmpty && plain(name.dropFirst(), pattern)
      }
      return name.first == first && plain(name.dropFirst(), pattern.dropFirst())
    }
    var random = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      let name = String(
        (0..<Int.random(in: 0...6, using: &random)).map { _ in "ab".randomElement(using: &random) ?? "a" }
      )
      let pattern = String(
        (0..<Int.random(in: 0...5, using: &random)).map { _ in "ab*".randomElement(using: &random) ?? "*" }
      )
      #expect(MethodPattern(pattern).matches(name) == plain(name[...], pattern[...]), "\(name) \(pattern)")
    }
  }

  @Test func overlapWhereTheyHaveANameInCommon() {
    func all(_ letters: String, upTo count: Int) -> [String] {
      (0..<count).reduce([[""]]) { texts, _ in
        texts + [texts[texts.count - 1].flatMap { t in letters.map { t + [$0] } }]
      }
      .flatMap(\.self)
    }
    let names = all("ab", upTo: 7)
    let patterns = all("ab*", upTo: 3)
    for one in patterns {
      let wanted = names.filter(MethodPattern(one).matches)
      for other in patterns {
        let inCommon = wanted.contains(where: MethodPattern(other).matches)
        #expect(MethodPattern(one).overlaps(MethodPattern(other)) == inCommon, "\(one) \(other)")
      }
    }
  }

  @Test func endSoonOnPatternsOfManyStars() {
    let pattern = MethodPattern(String(repeating: "a*", count: 200) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 5_000)))
    #expect(!pattern.overlaps(MethodPattern(String(repeating: "*a", count: 2_000))))
  }
}
