// What a log line is worth.

/// How much a log line matters.
package enum LogLevel: String, Sendable, Hashable, CaseIterable, Comparable {
  case debug, info, warning, error

  package static func < (one: LogLevel, other: LogLevel) -> Bool { one.rank < other.rank }

  private var rank: Int { LogLevel.allCases.firstIndex(of: self) ?? 0 }
}
