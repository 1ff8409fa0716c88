import LinuxIO

/// How long things take.
package enum TakenTimes {
  /// The median of each of some batches, in nanoseconds, for each of what is done; they take turns.
  package static func medians(of deeds: [() throws -> Void], batches: Int) throws -> [[UInt64]] {
    var medians: [[UInt64]] = deeds.map { _ in [] }
    for _ in 0..<batches {
      for (place, deed) in deeds.enumerated() {
        var times: [UInt64] = []
        for _ in 0..<500 {
          let begin = KernelClock.sinceBoot()
          try deed()
          times.append(KernelClock.sinceBoot() - begin)
        }
        medians[place].append(times.sorted()[250])
      }
    }
    return medians
  }
}
