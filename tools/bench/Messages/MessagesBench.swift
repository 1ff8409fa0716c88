internal import ChannelMessages
internal import TestSupport

/// How fast a window is scanned with all checks, against the target.
@main
struct MessagesBench {
  static func main() {
    let window = SampleWindow.bytes()
    print("window: 100 messages, \(window.count) bytes; median of 201 runs of 50 scans")
    let speed = medianSpeed(of: window)
    let target = 800.0
    let passed = speed >= target
    print(
      "| scan with all checks | \(Int(speed)) MB/s | target \(Int(target)) MB/s | \(passed ? "reached" : "MISSED") |"
    )
    if !passed { exitWithFailure() }
  }

  /// Megabytes a second.
  private static func medianSpeed(of window: [UInt8]) -> Double {
    let clock = ContinuousClock()
    var found = 0
    let speeds = (0..<201).map { _ in
      let time = clock.measure {
        for _ in 0..<50 { found &+= ((try? MessageArray.scan(window)) ?? []).count }
      }
      return Double(window.count * 50) / (time / .seconds(1)) / 1_000_000
    }
    precondition(found == 201 * 50 * 100, "the sample was not read")
    return speeds.sorted()[speeds.count / 2]
  }
}
