import ChannelMessages
import Testing

@Suite("Suggestions") struct SuggestionTests {
  @Test(arguments: [
    ("lisen", "listen"), ("ilsten", "listen"), ("LISTEN", "listen"), ("sned", "send"), ("requst", "request"),
    ("insp", "inspect"), ("--tiemout", "--timeout"),
  ])
  func findWhatWasMeant(_ word: String, _ meant: String) {
    let known = ["init", "send", "request", "respond", "listen", "reader", "inspect", "--timeout", "--text"]
    #expect(Suggestion.nearest(to: word, among: known) == meant)
  }

  @Test(arguments: ["", "x", "banana", "re", "zzzzzz"]) func leaveStrangeWordsAlone(_ word: String) {
    #expect(Suggestion.nearest(to: word, among: ["request", "respond", "reader", "listen"]) == nil)
  }

  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1),
    ("kitten", "sitting", 3), ("ab", "ba", 1),
  ])
  func countLettersThatDiffer(_ one: String, _ other: String, _ distance: Int) {
    #expect(Suggestion.distance(from: Array(one), to: Array(other)) == distance)
    #expect(Suggestion.distance(from: Array(other), to: Array(one)) == distance)
  }
}
