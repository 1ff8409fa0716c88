// What a supervisor can be told.

/// A message of sd_notify(3), as a value.
package enum SupervisorNotice: Hashable, Sendable {
  case ready(status: String)
  /// The moment is one of CLOCK_MONOTONIC, in nanoseconds. By it the supervisor knows the reload that it asked for from
  /// an earlier one, and `Type=notify-reload` demands it.
  case reloading(sinceBoot: UInt64)
  case alive
  case stopping(status: String)

  /// Its lines, in the form `READY=1`.
  package var lines: [String] {
    switch self {
    case .ready(let status): ["READY=1", Self.line(status)]
    case .reloading(let moment): ["RELOADING=1", "MONOTONIC_USEC=\(moment / 1_000)"]
    case .alive: ["WATCHDOG=1"]
    case .stopping(let status): ["STOPPING=1", Self.line(status)]
    }
  }

  /// A status stays on its line: what stands on the next one would be a message of its own.
  private static func line(_ status: String) -> String {
    var text = ""
    for scalar in status.unicodeScalars { text.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar) }
    return "STATUS=\(text)"
  }
}
