import ChannelMessages
import TestSupport
import Testing

@Suite(.serialized) struct SpeedTests {
  @Test func scansAWindowAtTheSpeedAskedFor() throws {
    let window = SampleWindow.bytes()
    #expect(try MessageArray.scan(window).count { $0.message?.hazard == nil } == 100)
    #if DEBUG
      print("speed is asserted in release builds only: this one is not optimised")
    #else
      let clock = ContinuousClock()
      let speeds = try (0..<101).map { _ in
        let time = try clock.measure { for _ in 0..<20 { _ = try MessageArray.scan(window) } }
        return Double(window.count * 20) / (time / .seconds(1)) / 1_000_000
      }
      let median = speeds.sorted()[speeds.count / 2]
      print("scan: median \(Int(median)) MB/s")
      #expect(median >= 800)
    #endif
  }
}
