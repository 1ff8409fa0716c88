// What the kernel counts of a process.

internal import Glibc
internal import LinuxIO

/// A look at /proc.
struct ProcessFacts {
  /// Seconds of processor time, of all threads.
  let processorTime: Double
  /// How often its threads went to sleep by themselves, so how often they had been woken.
  let sleeps: Int
  /// Megabytes in memory.
  let resident: Double

  init(of pid: Int32) throws {
    // Behind the name in brackets; utime and stime are the 12th and 13th fields from there.
    let stat = try Self.text("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
    let ticks = stat.dropFirst(11).prefix(2).compactMap { Double($0) }.reduce(0, +)
    processorTime = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    var sleeps = 0
    for thread in try Self.threads(of: pid) {
      sleeps += Self.number("voluntary_ctxt_switches:", in: try Self.text("/proc/\(pid)/task/\(thread)/status"))
    }
    self.sleeps = sleeps
    resident = Double(Self.number("VmRSS:", in: try Self.text("/proc/\(pid)/status"))) * 1_024 / 1e6
  }

  private static func threads(of pid: Int32) throws -> [String] {
    let directory = try KernelCalls.shared.openDirectory(atPath: "/proc/\(pid)/task")
    return try KernelCalls.shared.names(in: directory)
  }

  private static func number(_ field: String, in text: String) -> Int {
    for line in text.split(separator: "\n") where line.hasPrefix(field) {
      return line.dropFirst(field.count).split { $0 == " " || $0 == "\t" }.first.flatMap { Int($0) } ?? 0
    }
    return 0
  }

  private static func text(_ path: String) throws -> String {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw SystemError("open", on: path, code: errno) }
    let file = OwnedDescriptor(taking: number)
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(file.number, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw SystemError("read", on: path, code: errno) }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
