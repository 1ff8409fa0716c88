// What this process uses.

internal import Glibc

/// Memory, time and descriptors of the calling process.
package struct ProcessUsage: Sendable, Hashable {
  package let residentBytes: Int
  package let processorTime: Duration
  package let descriptorCount: Int

  /// The process's number.
  package static var number: Int32 { getpid() }

  /// As it is now; what the system does not tell is zero.
  package static var now: ProcessUsage {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    let statistics =
      (try? ProcFile.bytes(of: "/proc/self/statm", limit: 128)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let pages = statistics.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return ProcessUsage(
      residentBytes: pages * Int(getpagesize()),
      processorTime: .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec),
      descriptorCount: (try? Directory.open("/proc/self/fd").names().count) ?? 0
    )
  }
}
