import ChannelBridge
import Testing

@Suite("What is asked for at a door") struct DoorTargetTests {
  @Test(arguments: [
    ("/", DoorTarget.Thing.index), ("/openapi.json", .description), ("/transom.js", .script), ("/transom.d.ts", .types),
    ("/channels/demo/requests/db.get", .request(channel: "demo", method: "db.get")),
    ("/channels/a%20b%2Fc/events/%C3%A9%25", .event(channel: "a b/c", name: "\u{E9}%")),
    ("/channels/a+b/messages", .messages(channel: "a+b")), ("/channels/demo/socket", .socket(channel: "demo")),
  ])
  func isSaidByItsPath(text: String, thing: DoorTarget.Thing) throws {
    #expect(try DoorTarget(text).thing == thing)
  }

  @Test func hasAReaderAndATokenInItsQuery() throws {
    let both = try DoorTarget("/channels/demo/socket?reader=page-7&token=a%26b")
    #expect(both.reader == "page-7" && both.token == "a&b")
    let none = try DoorTarget("/channels/demo/socket?")
    #expect(none.reader == nil && none.token == nil)
  }

  @Test(arguments: [
    ("/nothing", DoorTarget.Fault.nothingThere), ("/channels", .nothingThere), ("/channels/demo", .nothingThere),
    ("/channels//socket", .nothingThere), ("/channels/demo/socket/", .nothingThere),
    ("/channels/demo/requests", .nothingThere), ("/channels/demo/requests/a/b", .nothingThere),
    ("/Channels/demo/socket", .nothingThere), ("/channels/%/socket", .unreadable), ("/channels/%2/socket", .unreadable),
    ("/channels/%zz/socket", .unreadable), ("/channels/%FF/socket", .unreadable), ("/?token=%E9", .unreadable),
    ("/?reader=", .noReaderName("")), ("/?reader=a%2Fb", .noReaderName("a/b")),
    ("/?reader=..%2F", .noReaderName("../")),
    ("/?page=1", .unknownParameter("page")), ("/?=", .unknownParameter("")),
  ])
  func isRefusedWhereItIsNothing(text: String, fault: DoorTarget.Fault) {
    #expect(throws: fault) { try DoorTarget(text) }
  }
}
