import ChannelBridge
import TestSupport
import Testing

@Suite("Who may do what") struct AccessPolicyTests {
  private static let everybody: [AccessIdentity] = [
    .anonymous, .token("ci"), .certificate(["bridge.example.org"]), .certificate([]), .process(user: 1_000, process: 7),
  ]

  private func included(by text: String) throws -> [AccessIdentity] {
    let subject = try AccessSubject(text)
    return Self.everybody.filter(subject.includes)
  }

  @Test func subjectsAreThoseWhoArePeopleMeanByThem() throws {
    let (nobody, ci, bridge, nameless, process) = (
      Self.everybody[0], Self.everybody[1], Self.everybody[2], Self.everybody[3], Self.everybody[4]
    )
    #expect(try included(by: "anonymous") == [nobody])
    #expect(try included(by: "*") == [ci, bridge, nameless, process])
    #expect(try included(by: "ci") == [ci])
    #expect(try included(by: "c*") == [ci])
    #expect(try included(by: "CI") == [])
    #expect(try included(by: "bridge.example.org") == [bridge])
    #expect(try included(by: "*.example.org") == [bridge])
    #expect(try included(by: "token:*") == [ci])
    #expect(try included(by: "token:ci") == [ci])
    #expect(try included(by: "token:bridge.example.org") == [])
    #expect(try included(by: "certificate:*") == [bridge, nameless])
    #expect(try included(by: "certificate:ci") == [])
    #expect(try included(by: "user:*") == [process])
    #expect(try included(by: "user:1000") == [process])
    #expect(try included(by: "user:7") == [])
    #expect(try included(by: "1000") == [])
  }

  @Test func noCertificateMakesSomebodyElseOfItsOwner() throws {
    let sly = AccessIdentity.certificate(["anonymous", "*", "user:1000", "token:ci", ""])
    for text in ["anonymous", "user:1000", "token:ci", "token:*", "user:*"] {
      #expect(try !AccessSubject(text).includes(sly), "\(text)")
    }
    #expect(try AccessSubject("certificate:token:ci").includes(sly))
  }

  @Test func anyNameOfACertificateCounts() throws {
    let identity = AccessIdentity.certificate(["Build", "build.example.org", "spiffe://example.org/build"])
    for text in ["Build", "build.example.org", "spiffe://example.org/*", "certificate:spiffe://example.org/build"] {
      #expect(try AccessSubject(text).includes(identity), "\(text)")
    }
    #expect(try !AccessSubject("build").includes(identity))
    // The same letter in two ways of writing it.
    #expect(try !AccessSubject("caf\u{E9}").includes(.certificate(["cafe\u{301}"])))
  }

  @Test(arguments: [
    ("", AccessSubject.Fault.isEmpty), ("token:", .isEmpty), ("certificate:", .isEmpty), ("user:", .isEmpty),
    ("user:root", .noUserNumber), ("user:-1", .noUserNumber), ("user:+1", .noUserNumber),
    ("user:4294967296", .noUserNumber),
    ("user: 1", .noUserNumber),
  ])
  func textsAreRefusedThatMeanNobody(text: String, fault: AccessSubject.Fault) {
    #expect(throws: fault) { try AccessSubject(text) }
    #expect(throws: AccessRule.Fault.subject(text, fault)) { try AccessRule(for: ["ci", text]) }
  }

  @Test(arguments: [
    (AccessLevel.open, [true, true, true, true, true]), (.token, [false, true, false, false, false]),
    (.certificate, [false, false, true, true, false]),
  ])
  func levelsLetThoseInWhoHaveShownIt(level: AccessLevel, expected: [Bool]) throws {
    for (identity, isIn) in zip(Self.everybody, expected) {
      let permission = AccessPolicy(level).permission(of: identity)
      #expect((permission != nil) == isIn, "\(identity)")
      guard let permission else { continue }
      #expect(permission.mayUse("a") && permission.mayRequest("m", of: "a") && permission.mayBeAsked("m", by: "a"))
      #expect(permission.mayTell("e", to: "a") && permission.mayHear("e", of: "a"))
      #expect(permission.requestsPerSecond == nil && permission.mostBytes == nil)
    }
  }

  @Test func levelsAreCalledAsInASetting() {
    #expect(["none", "token", "mtls", "open"].map(AccessLevel.init) == [.open, .token, .certificate, nil])
    #expect(["in", "out", "both"].map(AccessDirection.init) == [.inward, .outward, nil])
  }

  @Test func theFirstRuleThatIsAboutSomebodyHoldsAlone() throws {
    let narrow = try AccessRule(for: ["ci"], channels: ["build"], mostBytes: 10)
    let wide = try AccessRule(for: ["*"], requestsPerSecond: 2)
    let ci = AccessIdentity.token("ci")
    let narrowFirst = AccessPolicy([narrow, wide])
    #expect(narrowFirst.permission(of: ci)?.mayUse("build") == true)
    #expect(narrowFirst.permission(of: ci)?.mayUse("other") == false)
    #expect(narrowFirst.permission(of: ci)?.mostBytes == 10)
    #expect(narrowFirst.permission(of: ci)?.requestsPerSecond == nil)
    #expect(narrowFirst.permission(of: .token("other"))?.mayUse("other") == true)
    #expect(narrowFirst.permission(of: .anonymous) == nil)
    let wideFirst = AccessPolicy([wide, narrow])
    #expect(wideFirst.permission(of: ci)?.mayUse("other") == true)
    #expect(wideFirst.permission(of: ci)?.requestsPerSecond == 2)
    #expect(wideFirst.permission(of: ci)?.mostBytes == nil)
  }

  @Test func rulesThatLetNothingThroughShutOut() throws {
    let wide = try AccessRule(for: ["*"])
    for shut in [
      try AccessRule(for: ["ci"], channels: []), try AccessRule(for: ["ci"], directions: []),
      try AccessRule(for: ["ci"], methods: [], events: []),
    ] {
      #expect(AccessPolicy([shut, wide]).permission(of: .token("ci")) == nil)
      #expect(AccessPolicy([shut, wide]).permission(of: .token("other")) != nil)
    }
    #expect(AccessPolicy([]).permission(of: .token("ci")) == nil)
    let requestsOnly = try AccessRule(for: ["ci"], events: [])
    let eventsOnly = try AccessRule(for: ["ci"], methods: [])
    for some in [requestsOnly, eventsOnly] { #expect(AccessPolicy([some]).permission(of: .token("ci")) != nil) }
  }

  @Test func permissionsGoByNameAndDirection() throws {
    let rule = try AccessRule(
      for: ["ci"],
      channels: ["build", "test-*"],
      methods: ["git.*"],
      events: ["*.done"],
      directions: [.inward]
    )
    let inward = rule.permission
    #expect(inward.mayUse("build") && inward.mayUse("test-1") && !inward.mayUse("builds") && !inward.mayUse(""))
    #expect(inward.mayRequest("git.log", of: "build") && !inward.mayRequest("db.log", of: "build"))
    #expect(!inward.mayRequest("git.log", of: "other") && !inward.mayRequest("build.done", of: "build"))
    #expect(inward.mayTell("build.done", to: "test-1") && !inward.mayTell("git.log", to: "test-1"))
    #expect(!inward.mayTell("build.done", to: "other"))
    #expect(!inward.mayHear("build.done", of: "build") && !inward.mayBeAsked("git.log", by: "build"))

    let outward = try AccessRule(
      for: ["ci"],
      channels: ["build"],
      methods: ["git.*"],
      events: ["*.done"],
      directions: [.outward]
    ).permission
    #expect(outward.mayHear("build.done", of: "build") && !outward.mayHear("build.begun", of: "build"))
    #expect(!outward.mayHear("build.done", of: "test-1"))
    #expect(outward.mayBeAsked("git.log", by: "build") && !outward.mayBeAsked("db.log", by: "build"))
    #expect(!outward.mayRequest("git.log", of: "build") && !outward.mayTell("build.done", to: "build"))

    let listener = try AccessRule(for: ["ci"], methods: []).permission
    #expect(listener.mayHear("x", of: "a") && listener.mayTell("x", to: "a"))
    #expect(!listener.mayRequest("x", of: "a") && !listener.mayBeAsked("x", by: "a"))
  }

  @Test func rulesAreRefusedThatMeanNothing() {
    #expect(throws: AccessRule.Fault.noSubject) { try AccessRule(for: []) }
    #expect(throws: AccessRule.Fault.emptyPattern) { try AccessRule(for: ["*"], channels: [""]) }
    #expect(throws: AccessRule.Fault.emptyPattern) { try AccessRule(for: ["*"], methods: ["a", ""]) }
    #expect(throws: AccessRule.Fault.emptyPattern) { try AccessRule(for: ["*"], events: [""]) }
    for rate in [0, -1, .infinity, .nan] as [Double] {
      #expect(throws: AccessRule.Fault.unusableRate) { try AccessRule(for: ["*"], requestsPerSecond: rate) }
    }
    for count in [0, -1] {
      #expect(throws: AccessRule.Fault.unusableByteCount) { try AccessRule(for: ["*"], mostBytes: count) }
    }
  }
}
