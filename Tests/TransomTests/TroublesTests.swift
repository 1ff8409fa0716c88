import TestSupport
import Testing

@testable import Transom

/// What listeners are told of what goes wrong.
@Suite struct TroublesTests {
  @Test func areToldInTheOrderInWhichTheyWereMet() async throws {
    let troubles = Troubles()
    let told = ToldTroubles()
    let listener = Troubles.Listener(told.tell)
    troubles.add(listener)
    let met = (0..<500).map { ChannelError(.malformedWindow, at: "/channel", "element \($0) is no message") }
    for trouble in met { troubles.tell(trouble) }
    try await eventually { told.all.count == met.count }
    #expect(told.all == met)
    withExtendedLifetime(listener) {}
  }

  @Test func areToldOnceAsLongAsTheyGoOn() async throws {
    let troubles = Troubles()
    let told = ToldTroubles()
    let listener = Troubles.Listener(told.tell)
    troubles.add(listener)
    let (one, other) = (ChannelError(.damaged, at: "/a", "x"), ChannelError(.damaged, at: "/b", "x"))
    for trouble in [one, one, other, one] { troubles.tell(trouble) }
    try await eventually { told.all.count == 2 }
    #expect(told.all == [one, other])
    withExtendedLifetime(listener) {}
  }
}
