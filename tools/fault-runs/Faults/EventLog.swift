// What a program of a round has done, for whoever judges it.

internal import Glibc
internal import LinuxIO

/// A log that whoever was killed leaves whole lines in: each begins with the milliseconds since boot.
final class EventLog: Sendable {
  private let number: Int32

  init(at path: String) {
    number = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    precondition(number >= 0, "\(path) cannot be written")
  }

  func write(_ line: String) {
    let whole = "\(KernelClock.sinceBoot() / 1_000_000) \(line.replacing("\n"))\n"
    precondition(Disk.put(whole.utf8, number), "the log cannot be written")
  }
}

extension String {
  /// On one line.
  fileprivate func replacing(_ character: Character) -> String {
    String(map { $0 == character ? " " : $0 })
  }
}
