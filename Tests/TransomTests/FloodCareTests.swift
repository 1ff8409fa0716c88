import Testing

@testable import Transom

@Suite struct FloodCareTests {
  @Test func aReaderTakesTheWatchersTurnOnceInSoManyMessages() {
    var care = FloodCare()
    let turns = (1...3 * FloodCare.messagesPerTurn).filter { _ in care.tookOne() }
    #expect(turns == [1, 2, 3].map { $0 * FloodCare.messagesPerTurn })
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
      _ = care.tookOne()
    }
    let atItsEnd = care.pauseBeforeLookingOn()
    #expect(atItsEnd == FloodCare.gathering)
    care.lookedOn(for: .microseconds(9), found: true)
    let afterIt = care.pauseBeforeLookingOn()
    #expect(afterIt == .zero)
  }
}
