// Many who ask over HTTP, as wrk does it.

internal import Glibc
internal import LinuxIO

/// What wrk found out at a port: it asks over so many connections at once, on each as soon as it is answered.
struct Load {
  let requestsPerSecond: Double
  /// Microseconds within which so many of a thousand answers were there.
  let half: Double
  let ofHundred99: Double
  let ofThousand999: Double

  private static let program = "/usr/bin/wrk"
  private static let script = "tools/bench/ask.lua"

  static func run(atPort port: String, path: String, connections: Int, seconds: Int) throws -> Load {
    guard unsafe access(program, X_OK) == 0 else { throw Skipped(reason: "there is no \(program)") }
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw SystemError("pipe", code: errno) }
    for number in ends { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    let output = OwnedDescriptor(taking: ends[0])
    let nowhere = try ChildProcess.nowhere()
    let words = [
      program, "--threads", "1", "--connections", "\(connections)", "--duration", "\(seconds)s", "--script", script,
      "http://127.0.0.1:\(port)\(path)",
    ]
    let child = try ChildProcess(words, input: nowhere.number, output: ends[1])
    close(ends[1])
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe read(output.number, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      bytes += block.prefix(count)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    guard child.wait() == 0, let load = Load(text) else { throw WorkerProcess.Failure(description: "wrk: \(text)") }
    return load
  }

  /// What the script prints at the end; nil where there is no such line, or where not all was answered well.
  private init?(_ text: String) {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("figures ") }) else { return nil }
    let numbers = line.split(separator: " ").dropFirst().compactMap { Double($0) }
    // How many were answered, in how many microseconds, how many were not, and the times.
    guard numbers.count == 6, numbers[0] > 0, numbers[1] > 0, numbers[2] == 0 else { return nil }
    requestsPerSecond = numbers[0] / numbers[1] * 1e6
    (half, ofHundred99, ofThousand999) = (numbers[3], numbers[4], numbers[5])
  }
}
