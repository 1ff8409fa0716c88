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
    let verdict = "target \(Int(target)) MB/s, \(passed ? "reached" : "MISSED")"
    line("scan with all checks", "\(Int(speed)) MB/s", verdict)
    printOthers(window)
    if !passed { exitWithFailure() }
  }

  /// What has no target: figures to compare a change with.
  private static func printOthers(_ window: [UInt8]) {
    let elements = (try? MessageArray.scan(window)) ?? []
    let indices = elements.compactMap(\.message)
    let messages = indices.map { Message($0, in: window) }
    let key = SipHash.Key(low: 1, high: 2)
    let id = [UInt8](repeating: 7, count: 25)
    row("decode a message of 300 bytes", 100) { indices.reduce(0) { $0 &+ Message($1, in: window).id.utf8.count } }
    row("encode it", 100) { messages.reduce(0) { $0 &+ $1.encode().count } }
    row("judge the window as the peer would, a message", 100) { PeerReader.judge(window) == .accepts ? 1 : 0 }
    row("SipHash of 25 bytes, 128 bits", 1) { Int(truncatingIfNeeded: SipHash.hash128(id, key: key)) }
    row("CRC-32C of 30 KB, a KB", 30) { Int(Checksum.crc32c(window)) }
  }

  private static func row(_ name: String, _ parts: Double, _ body: () -> Int) {
    let clock = ContinuousClock()
    var sum = 0
    let times = (0..<101).map { _ in clock.measure { for _ in 0..<50 { sum &+= body() } } }
    precondition(sum != 0, "the work was not done")
    let median = times.sorted()[50] / .nanoseconds(1) / 50 / parts
    line(name, "\(Int(median)) ns")
  }

  /// A name, a figure that ends in one column with the others, and a word about it.
  private static func line(_ name: String, _ figure: String, _ remark: String = "") {
    let room = String(repeating: " ", count: max(1, 60 - name.count - figure.count))
    print(name + room + figure + (remark.isEmpty ? "" : "  " + remark))
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
