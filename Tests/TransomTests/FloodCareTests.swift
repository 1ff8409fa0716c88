import ChannelModel
import Testing

@testable import Transom

@Suite struct FloodCareTests {
  /// However many or few messages come in that time.
  @Test(arguments: [1, 5, 80, 200]) func aReaderTakesTheWatchersTurnOnceInAWhile(_ microseconds: UInt64) {
    var care = FloodCare()
    let times = (1...4_000).map { Moment(nanoseconds: 1_000_000_000 + $0 * microseconds * 1_000) }
    let turns = times.filter { care.tookOne(at: $0) }
    for (turn, next) in zip(turns, turns.dropFirst()) {
      let pause = next.duration(since: turn)
      let slack = Duration.microseconds(Int64(microseconds) * Int64(FloodCare.messagesPerLook))
      #expect(pause >= FloodCare.turnPause && pause <= FloodCare.turnPause + slack)
    }
    #expect(turns.count > 1)
  }

  @Test func itLooksOnWhereThatPaysAndElseMoreAndMoreRarely() {
    var care = FloodCare()
    for _ in 0..<10 {
      let isWorth = care.pauseBeforeLookingOn() != nil
      #expect(isWorth)
      care.lookedOn(for: .microseconds(20), found: true)
    }
    var pauses: [Int] = []
    for _ in 0..<3 {
      care.lookedOn(for: FloodCare.patience, found: false)
      var pause = 0
      while care.pauseBeforeLookingOn() == nil { pause += 1 }
      pauses.append(pause)
    }
    #expect(pauses == pauses.sorted() && pauses[0] > 0 && pauses[2] > pauses[0])
  }

  @Test func inAFloodAFewGatherBeforeTheNextLook() {
    var care = FloodCare()
    let atFirst = care.pauseBeforeLookingOn()
    #expect(atFirst == .zero)
    // Answers that come one by one are not waited for longer than it takes them.
    care.lookedOn(for: .microseconds(20), found: true)
    let afterAnAnswer = care.pauseBeforeLookingOn()
    #expect(afterAnAnswer == .zero)
    // One that came at once is the first of many, as long as more than one have gathered each time.
    care.lookedOn(for: .microseconds(3), found: true)
    for _ in 0..<3 {
      let inTheFlood = care.pauseBeforeLookingOn()
      #expect(inTheFlood == FloodCare.gathering)
      care.lookedOn(for: .microseconds(9), found: true)
      _ = care.tookOne(at: Moment(nanoseconds: 0))
    }
    let atItsEnd = care.pauseBeforeLookingOn()
    #expect(atItsEnd == FloodCare.gathering)
    care.lookedOn(for: .microseconds(9), found: true)
    let afterIt = care.pauseBeforeLookingOn()
    #expect(afterIt == .zero)
  }
}
