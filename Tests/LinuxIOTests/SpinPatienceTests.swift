import Testing

@testable import LinuxIO

@Suite struct SpinPatienceTests {
  /// How many waits are passed over before the next try.
  private func skipped(_ patience: inout SpinPatience) -> Int {
    var count = 0
    while !patience.isWorthTrying() { count += 1 }
    return count
  }

  @Test func afterVainTriesItIsTriedMoreAndMoreRarelyButAlwaysAgain() {
    var patience = SpinPatience()
    #expect(skipped(&patience) == 0)
    var counts: [Int] = []
    for _ in 0..<10 {
      patience.wasVain()
      counts.append(skipped(&patience))
    }
    #expect(counts == [2, 4, 8, 16, 32, 64, 128, 256, 256, 256])
    patience.paid()
    #expect(skipped(&patience) == 0)
    // Each time that it pays an eighth of that is left.
    patience.wasVain()
    #expect(skipped(&patience) == 64)
    for _ in 0..<3 { patience.paid() }
    patience.wasVain()
    #expect(skipped(&patience) == 2)
  }

  @Test func whereTheProcessorIsSharedTimeAndAgainItIsAlmostGivenUp() {
    var patience = SpinPatience()
    var counts: [Int] = []
    for _ in 0..<5 {
      patience.wasCrowded()
      counts.append(skipped(&patience))
    }
    #expect(counts == [8, 64, 512, 4_096, 4_096])
    // Vain for another reason is no reason to try more often.
    patience.wasVain()
    #expect(skipped(&patience) == 4_096)
    // Nor is that one found something now and then.
    patience.paid()
    #expect(skipped(&patience) == 0)
    patience.wasCrowded()
    #expect(skipped(&patience) == 4_096)
  }
}
