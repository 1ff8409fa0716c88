import ChannelBridge
import TestSupport
import Testing

@Suite("Names on the other side") struct NameMappingTests {
  @Test(arguments: [
    ("*", "a", "a"), ("db.*", "db.get", "db.get"), ("db.*", "store.get", nil),
    ("db.* -> store.{1}", "db.get", "store.get"),
    ("*.*->{2}.{1}", "a.b.c", "b.c.a"), ("a -> b", "a", "b"), ("a->b", "ab", nil), ("*->x/{0}/{0}", "é", "x/é/é"),
    ("*a*->[{1}][{2}]", "banana", "[b][nana]"), ("* -> all", "", "all"), (" a  b -> c ", "a  b", "c"),
  ])
  func areFoundByThePattern(mapping: String, name: String, mapped: String?) throws {
    #expect(try NameMapping(mapping).map(name) == mapped)
  }

  @Test func areThoseOfTheFirstThatFits() throws {
    let all = try ["db.* -> one.{1}", "* -> two.{0}"].map { try NameMapping($0) }
    #expect(all.map(name: "db.x") == "one.x")
    #expect(all.map(name: "x") == "two.x")
    #expect(Array(all.prefix(1)).map(name: "x") == nil)
  }

  @Test(arguments: [
    ("", NameMapping.Fault.isEmpty), ("a ->", .isEmpty), ("-> b", .isEmpty), (" -> ", .isEmpty),
    ("a -> {1}", .noSuchStar(1, stars: 0)), ("*.* -> {3}", .noSuchStar(3, stars: 2)), ("* -> {a}", .strayBrace),
    ("* -> {", .strayBrace), ("* -> }", .strayBrace), ("* -> {}", .strayBrace), ("* -> {-1}", .strayBrace),
    ("* -> {9999}", .strayBrace), ("a -> b -> c", .moreThanOneArrow),
  ])
  func areRefusedWhenTheyMeanNothing(text: String, fault: NameMapping.Fault) {
    #expect(throws: fault) { try NameMapping(text) }
  }
}
