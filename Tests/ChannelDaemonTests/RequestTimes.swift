import ChannelMessages
import LinuxIO
import TestSupport
import Transom

/// How long requests take.
enum RequestTimes {
  /// The median of each of some batches, in nanoseconds, for each channel; the channels take turns.
  static func medians(of channels: [Channel], batches: Int) throws -> [[UInt64]] {
    let payload = JSONText(integer: 7)
    var medians: [[UInt64]] = channels.map { _ in [] }
    for _ in 0..<batches {
      for (place, channel) in channels.enumerated() {
        var times: [UInt64] = []
        for _ in 0..<500 {
          let begin = KernelClock.sinceBoot()
          let answer: JSONText = try channel.request("echo", payload, timeout: .seconds(10))
          times.append(KernelClock.sinceBoot() - begin)
          guard answer == payload else { throw ChannelError(.damaged, at: channel.path, "another answer came") }
        }
        medians[place].append(times.sorted()[250])
      }
    }
    return medians
  }
}
