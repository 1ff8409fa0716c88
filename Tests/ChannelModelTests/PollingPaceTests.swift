import Testing

@testable import ChannelModel

@Suite struct PollingPaceTests {
  @Test func looksAreQuickAfterNewsAndSlowDownWhileThereIsNone() {
    var pace = PollingPace()
    #expect(pace.next(foundNews: true, places: 1) == .milliseconds(1))
    let pauses = (0..<8).map { _ in pace.next(foundNews: false, places: 1) }
    #expect(pauses == [2, 4, 8, 16, 32, 50, 50, 50].map { .milliseconds($0) })
    #expect(pace.next(foundNews: true, places: 1) == .milliseconds(1))
  }

  @Test func manyPlacesAreLookedAtMoreSlowly() {
    var pace = PollingPace()
    let pauses = (0..<12).map { _ in pace.next(foundNews: false, places: 10_000) }
    #expect(pauses.last == .seconds(1))
    #expect(pace.next(foundNews: false, places: 3) == .milliseconds(50))
  }
}
