import ChannelBridge
import ChannelModel
import TestSupport
import Testing

@Suite("How often somebody may ask") struct AccessRateTests {
  private func permission(_ perSecond: Double?) throws -> AccessPermission {
    try AccessRule(for: ["*"], requestsPerSecond: perSecond).permission
  }

  private let now = Moment(nanoseconds: 5_000_000_000)

  @Test func isASecondsWorthAtOnceAndSteadyThen() throws {
    var rate = AccessRate()
    let permission = try permission(4)
    for _ in 0..<4 { #expect(rate.take(.token("ci"), by: permission, at: now) == nil) }
    #expect(rate.take(.token("ci"), by: permission, at: now) == .milliseconds(250))
    // Who is refused pays nothing for it.
    #expect(rate.take(.token("ci"), by: permission, at: now) == .milliseconds(250))
    #expect(rate.take(.token("ci"), by: permission, at: now.advanced(by: .milliseconds(250))) == nil)
  }

  @Test func isNobodyElses() throws {
    var rate = AccessRate()
    let permission = try permission(1)
    for identity in [
      AccessIdentity.anonymous, .token("a"), .token("b"), .certificate(["a"]), .process(user: 1, process: 1),
    ] {
      #expect(rate.take(identity, by: permission, at: now) == nil, "\(identity)")
      #expect(rate.take(identity, by: permission, at: now) != nil, "\(identity)")
    }
  }

  @Test func isOneForAllProcessesOfAUser() throws {
    var rate = AccessRate()
    let permission = try permission(1)
    #expect(rate.take(.process(user: 1, process: 1), by: permission, at: now) == nil)
    #expect(rate.take(.process(user: 1, process: 2), by: permission, at: now) != nil)
    #expect(rate.take(.process(user: 2, process: 3), by: permission, at: now) == nil)
  }

  @Test func isNoneWhereNoneIsSet() throws {
    var rate = AccessRate()
    let permission = try permission(nil)
    for _ in 0..<10_000 { #expect(rate.take(.anonymous, by: permission, at: now) == nil) }
    #expect(rate.count == 0)
  }

  @Test func beginsAnewWhenTheRulesHaveChanged() throws {
    var rate = AccessRate()
    let (before, after) = (try permission(1), try permission(2))
    #expect(rate.take(.anonymous, by: before, at: now) == nil)
    #expect(rate.take(.anonymous, by: before, at: now) != nil)
    #expect(rate.take(.anonymous, by: after, at: now) == nil)
  }

  @Test func isForgottenWhenItMakesNoDifference() throws {
    var rate = AccessRate()
    let permission = try permission(1)
    var moment = now
    for number in 0..<20_000 {
      #expect(rate.take(.token("n\(number)"), by: permission, at: moment) == nil)
      moment = moment.advanced(by: .milliseconds(2))
    }
    #expect(rate.count <= 1_024 + 500)
    // What still makes one is not.
    #expect(rate.take(.token("n19999"), by: permission, at: moment) != nil)
  }

  @Test func isKeptForAsManyAsAreAtIt() throws {
    var rate = AccessRate()
    let permission = try permission(1)
    for number in 0..<5_000 { #expect(rate.take(.token("n\(number)"), by: permission, at: now) == nil) }
    for number in 0..<5_000 { #expect(rate.take(.token("n\(number)"), by: permission, at: now) != nil) }
  }
}
