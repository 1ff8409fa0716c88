// Durations as people write and read them.

/// Durations on the command line and in configurations: `500ms`, `5s`, `2m`.
package enum DurationText {
  /// The units, in nanoseconds, shortest first.
  private static let units: [(name: String, nanoseconds: Int64)] = [
    ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
  ]

  /// Longer ones are mistakes.
  package static let longest = Duration.seconds(365 * 86_400)

  /// Reads a number with a unit; a fraction is allowed, up to the nanosecond. Nil when it is none.
  package static func parse(_ text: String) -> Duration? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let unit = units.first(where: { $0.name == text.dropFirst(digits.count) }) else { return nil }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = parts.first.flatMap({ Int64($0) }), parts.last?.isEmpty == false
    else { return nil }
    let (product, overflow) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
    guard !overflow else { return nil }
    var nanoseconds = product
    if parts.count == 2 {
      // Digit by digit, so that 1.1s is exactly that.
      var value = unit.nanoseconds
      for digit in parts[1].utf8 {
        // What lies below the nanosecond is no use to anybody, and a sign that something else was meant.
        guard value % 10 == 0 || digit == UInt8(ascii: "0") else { return nil }
        value /= 10
        let (sum, overflow) = nanoseconds.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")) * value)
        guard !overflow else { return nil }
        nanoseconds = sum
      }
    }
    let duration = Duration.nanoseconds(nanoseconds)
    return duration <= longest ? duration : nil
  }

  /// A duration that is not below zero so that `parse` reads it as the same, down to the nanosecond: `90s`, `1500ms`.
  package static func exact(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    guard nanoseconds > 0, let unit = units.last(where: { nanoseconds % $0.nanoseconds == 0 }) else { return "0s" }
    return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
  }

  /// A duration in the largest unit that it fills, with two or three digits that matter: `1.5 s`, `24 ms`.
  package static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let magnitude = Duration(secondsComponent: abs(seconds), attosecondsComponent: abs(attoseconds))
    let sign = duration < .zero ? "-" : ""
    if magnitude >= .seconds(2 * 86_400) { return "\(sign)\(magnitude.components.seconds / 86_400) d" }
    let nanoseconds = magnitude.components.seconds * 1_000_000_000 + magnitude.components.attoseconds / 1_000_000_000
    guard nanoseconds > 0 else { return "0 s" }
    var unit = units[0]
    for next in units where nanoseconds >= next.nanoseconds { unit = next }
    let name = unit.name == "m" ? "min" : unit.name
    let tenths = nanoseconds / max(unit.nanoseconds / 10, 1)
    if unit.nanoseconds == 1 || tenths >= 100 || tenths % 10 == 0 {
      return "\(sign)\(nanoseconds / unit.nanoseconds) \(name)"
    }
    return "\(sign)\(tenths / 10).\(tenths % 10) \(name)"
  }
}
