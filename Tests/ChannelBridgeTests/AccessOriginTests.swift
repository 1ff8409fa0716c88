import ChannelBridge
import TestSupport
import Testing

@Suite("Browsers at the door") struct AccessOriginTests {
  @Test(
    arguments: [
      ("http://localhost:8080", "localhost:8080", true), ("http://LocalHost:8080", "LOCALHOST:8080", true),
      ("http://localhost", "localhost", true), ("http://localhost:80", "localhost", true),
      ("http://localhost", "localhost:80", true), ("http://[::1]:8080", "[::1]:8080", true),
      ("http://localhost:8080", "localhost", false), ("http://localhost", "localhost:8080", false),
      ("http://localhost:8080", "127.0.0.1:8080", false), ("https://localhost:8080", "localhost:8080", false),
      ("https://localhost", "localhost:443", false), ("http://localhost:443", "localhost", false),
      ("http://evil.example", "localhost:8080", false), ("http://localhost:8080", nil, false),
      ("http://localhost:8080.evil.example", "localhost:8080", false),
      ("http://localhost:8080/", "localhost:8080", false),
      ("http://me@localhost:8080", "localhost:8080", false), ("null", "localhost:8080", false), ("null", "null", false),
      ("", "localhost:8080", false), ("", "", false), ("http://", "", false),
      ("localhost:8080", "localhost:8080", false),
      ("file://", "localhost", false), ("http://localhost:8080 http://evil.example", "localhost:8080", false),
      ("http://loca\u{6C}host\u{131}:1", "localhost\u{131}:1", false), ("http://\u{212A}:1", "k:1", false),
    ] as [(String, String?, Bool)]
  )
  func pagesOfOursMayAsk(origin: String, host: String?, expected: Bool) throws {
    #expect(try OriginRule(isSecure: false).allows(origin: origin, host: host) == expected)
  }

  @Test(arguments: [
    ("https://example.org", "example.org", true), ("https://example.org:443", "example.org", true),
    ("http://example.org", "example.org", false), ("http://example.org:443", "example.org:443", false),
  ])
  func pagesOfOursCameAsSafelyAsWeAreReached(origin: String, host: String, expected: Bool) throws {
    #expect(try OriginRule(isSecure: true).allows(origin: origin, host: host) == expected)
  }

  @Test func listedPagesMayAskFromWhereTheyAre() throws {
    let listed = ["http://localhost:3000", "HTTPS://App.Example.org:443", "chrome-extension://abcdef"]
    let rule = try OriginRule(listing: listed, isSecure: false)
    for origin in [
      "http://localhost:3000", "https://app.example.org", "https://app.example.org:443", "HTTPS://APP.example.org",
      "chrome-extension://abcdef",
    ] {
      #expect(rule.allows(origin: origin, host: "127.0.0.1:8080"), "\(origin)")
      #expect(rule.allows(origin: origin, host: nil), "\(origin)")
    }
    for origin in [
      "http://localhost:3001", "http://localhost", "https://localhost:3000", "http://app.example.org",
      "https://app.example.org:80", "https://example.org", "https://xapp.example.org", "https://app.example.org.evil",
      "chrome-extension://abcde", "null",
    ] {
      #expect(!rule.allows(origin: origin, host: "127.0.0.1:8080"), "\(origin)")
    }
  }

  @Test func pagesThatHideMayAskOnlyWhenListed() throws {
    let rule = try OriginRule(listing: ["null"], isSecure: false)
    #expect(rule.allows(origin: "null", host: "localhost"))
    #expect(!rule.allows(origin: "NULL", host: "localhost"))
    #expect(!rule.allows(origin: "http://null", host: "localhost"))
  }

  @Test func whoIsNoBrowserMayAsk() throws {
    let rule = try OriginRule(isSecure: false)
    #expect(rule.allows(origin: nil, host: nil) && rule.allows(origin: nil, host: "anything"))
  }

  @Test func browsersThatSayOnlyThatItIsFromElsewhereMayNot() throws {
    let rule = try OriginRule(listing: ["https://example.org"], isSecure: false)
    #expect(rule.allows(origin: nil, host: "localhost", fetchSite: "same-origin"))
    #expect(rule.allows(origin: nil, host: "localhost", fetchSite: "none"))
    #expect(!rule.allows(origin: nil, host: "localhost", fetchSite: "same-site"))
    #expect(!rule.allows(origin: nil, host: "localhost", fetchSite: "cross-site"))
    #expect(!rule.allows(origin: nil, host: "localhost", fetchSite: ""))
    #expect(rule.allows(origin: "https://example.org", host: "localhost", fetchSite: "cross-site"))
    #expect(!rule.allows(origin: "http://evil.example", host: "localhost", fetchSite: "same-origin"))
  }

  @Test(arguments: [
    "", "example.org", "https://", "https:///", "https://*.example.org", "https://example.org:port",
    "https://example.org:65536", "https://example.org:", "://example.org", "1http://example.org", "Null",
    "https://ex ample.org", "https://[::1", "https://[]", "https://[::1]x", "https://::1", "https://é.example",
  ])
  func textsAreRefusedThatAreNoOrigin(text: String) {
    #expect(throws: OriginRule.Fault.malformed(text)) {
      try OriginRule(listing: ["https://a.example", text], isSecure: false)
    }
  }

  @Test(arguments: ["https://example.org/", "https://example.org/app/x", "http://localhost:3000/", "http://[::1]//"])
  func originsAreRefusedWithAPathBehindThem(text: String) {
    #expect(throws: OriginRule.Fault.hasPath(text)) { try OriginRule(listing: [text], isSecure: false) }
  }

  @Test func noStarLetsAnyPageIn() {
    #expect(throws: OriginRule.Fault.everybody) { try OriginRule(listing: ["*"], isSecure: true) }
  }

  @Test(arguments: [
    "localhost", "localhost:1", "LOCALHOST:65535", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080",
    "door.example.org", "Door.Example.org:9", "one.example.org:7000",
  ])
  func ownNamesAreAllowedOnLoopback(host: String) throws {
    let listed = ["door.example.org", "one.example.org:7000"]
    #expect(try HostRule(listing: listed, isLoopbackOnly: true).allows(host: host))
  }

  @Test(
    arguments: [
      nil, "", "evil.example", "localhost.evil.example", "127.0.0.1.nip.example", "127.0.0.1:8080:1", "localhost.",
      "::1",
      "127.0.0.2", "0.0.0.0", "localhost:", "localhost:x", "me@localhost", "localhost/", " localhost", "localhost ",
      "one.example.org", "one.example.org:7001", "xlocalhost", "[::1]evil", "local\u{212A}host",
      "localhost, evil.example",
    ] as [String?]
  )
  func otherNamesAreRefusedOnLoopback(host: String?) throws {
    let listed = ["door.example.org", "one.example.org:7000"]
    #expect(try !HostRule(listing: listed, isLoopbackOnly: true).allows(host: host))
  }

  @Test func elsewhereAnyNameIsAllowedUnlessSomeAreListed() throws {
    let any = try HostRule(isLoopbackOnly: false)
    #expect(any.allows(host: "anything") && any.allows(host: nil))
    let some = try HostRule(listing: ["door.example.org"], isLoopbackOnly: false)
    #expect(some.allows(host: "door.example.org:8080"))
    #expect(!some.allows(host: "localhost") && !some.allows(host: "evil.example") && !some.allows(host: nil))
  }

  @Test(arguments: ["", "https://example.org", "example.org/", "*", "*.example.org", "a b", "host:0x1", "é.example"])
  func textsAreRefusedThatAreNoHost(text: String) {
    #expect(throws: HostRule.Fault(text: text)) { try HostRule(listing: [text], isLoopbackOnly: true) }
  }

  /// What each of the two cannot see alone.
  @Test func aNameThatWasMadeToLeadHereIsSeenByTheHostRule() throws {
    #expect(try OriginRule(isSecure: false).allows(origin: "http://evil.example:8080", host: "evil.example:8080"))
    #expect(try !HostRule(isLoopbackOnly: true).allows(host: "evil.example:8080"))
  }
}
