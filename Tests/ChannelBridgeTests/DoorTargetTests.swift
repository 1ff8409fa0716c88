import ChannelBridge
import Testing

@Suite("What is asked for at a door") struct DoorTargetTests {
  @Test(arguments: [
    ("/", DoorTarget.Thing.index), ("/openapi.json", .description), ("/transom.js", .script), ("/transom.d.ts", .types),
    ("/channels/demo/requests/db.get", .request(channel: "demo", method: "db.get")),
    ("/channels/a%20b%2Fc/events/%C3%A9%25", .event(channel: "a b/c", name: "\u{E9}%")),
    ("/channels/a+b/messages", .messages(channel: "a+b")), ("/channels/demo/socket", .socket(channel: "demo")),
    ("/gateway/demo/", .gateway(channel: "demo", path: "/")), ("/gateway/demo", .gateway(channel: "demo", path: "")),
    ("/gateway/a%2Fb/c%20d//e.f/..g", .gateway(channel: "a/b", path: "/c%20d//e.f/..g")),
  ])
  func isSaidByItsPath(text: String, thing: DoorTarget.Thing) throws {
    #expect(try DoorTarget(text).thing == thing)
  }

  @Test func hasAReaderAndATokenInItsQuery() throws {
    let both = try DoorTarget("/channels/demo/socket?reader=page-7&token=a%26b")
    #expect(both.reader == "page-7" && both.token == "a&b" && both.events.isEmpty)
    let some = try DoorTarget("/channels/demo/messages?events=progress.%2A&events=done")
    #expect(some.events == ["progress.*", "done"])
    let none = try DoorTarget("/channels/demo/socket?")
    #expect(none.reader == nil && none.token == nil)
  }

  /// All else of the query is for whoever serves what is there.
  @Test(arguments: [
    ("/gateway/demo/?a=%zz&reader=b&&=", nil, "a=%zz&reader=b&&="), ("/gateway/demo/?token=a%26b", "a&b", ""),
    ("/gateway/demo/?a&token=b&c=token&tokens=d", "b", "a&c=token&tokens=d"),
    ("/gateway/demo/?token=a&token", "", ""), ("/gateway/demo/?a?b", nil, "a?b"), ("/gateway/demo/", nil, ""),
  ])
  func passesOnItsQueryWithoutTheToken(text: String, token: String?, query: String) throws {
    let target = try DoorTarget(text)
    #expect(target.token == token && target.query == query && target.reader == nil)
  }

  @Test(arguments: [
    ("/nothing", DoorTarget.Fault.nothingThere), ("/channels", .nothingThere), ("/channels/demo", .nothingThere),
    ("/channels//socket", .nothingThere), ("/channels/demo/socket/", .nothingThere),
    ("/channels/demo/requests", .nothingThere), ("/channels/demo/requests/a/b", .nothingThere),
    ("/Channels/demo/socket", .nothingThere), ("/channels/%/socket", .unreadable), ("/channels/%2/socket", .unreadable),
    ("/channels/%zz/socket", .unreadable), ("/channels/%FF/socket", .unreadable), ("/?token=%E9", .unreadable),
    ("/?events=", .noPattern), ("/?events", .noPattern), ("/?reader=", .noReaderName("")),
    ("/?reader=a%2Fb", .noReaderName("a/b")),
    ("/?reader=..%2F", .noReaderName("../")),
    ("/gateway", .nothingThere), ("/gateway/", .nothingThere), ("/gateway//a", .nothingThere),
    ("/gateway/demo/%", .unreadable), ("/gateway/demo/%FF", .unreadable), ("/gateway/%FF/", .unreadable),
    ("/gateway/demo/?token=%", .unreadable), ("/gateway/demo/../a", .climbs), ("/gateway/demo/a/.", .climbs),
    ("/gateway/demo/%2e%2E/a", .climbs), ("/gateway/demo/a%2F..%2Fb", .climbs), ("/gateway/demo/..%5Ca", .climbs),
    // An accent behind a slash, which makes one letter of both.
    ("/gateway/demo/a/..%2F%CC%81", .climbs),
    ("/?page=1", .unknownParameter("page")), ("/?=", .unknownParameter("")),
  ])
  func isRefusedWhereItIsNothing(text: String, fault: DoorTarget.Fault) {
    #expect(throws: fault) { try DoorTarget(text) }
  }
}
