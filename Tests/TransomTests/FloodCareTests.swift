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
      let isWorth = care.isWorthLookingOn()
      #expect(isWorth)
      care.lookedOn(found: true)
    }
    var pauses: [Int] = []
    for _ in 0..<3 {
      care.lookedOn(found: false)
      var pause = 0
      while !care.isWorthLookingOn() { pause += 1 }
      pauses.append(pause)
    }
    #expect(pauses == pauses.sorted() && pauses[0] > 0 && pauses[2] > pauses[0])
  }
}
