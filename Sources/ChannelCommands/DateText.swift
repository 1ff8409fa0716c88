// Dates and times as people read them.

internal import ChannelMessages
package import ChannelModel
internal import LinuxIO

/// Writes times as the clock on the wall shows them.
package struct DateText: Sendable {
  /// How many seconds that is ahead of Greenwich at a time in seconds since 1970.
  private let offset: @Sendable (Int64) -> Int

  package static let local = DateText { LocalTime.offset(at: $0) }
  package static let greenwich = DateText { _ in 0 }

  private init(_ offset: @escaping @Sendable (Int64) -> Int) {
    self.offset = offset
  }

  /// `2026-11-21 20:42:10`
  package func text(_ time: WallTime) -> String { "\(day(time)) \(clock(time))" }

  /// `2026-11-21`
  package func day(_ time: WallTime) -> String {
    let days = seconds(time) / 86_400
    // Counted in years that begin in March, the leap day is the last of its year, and 400 years are always as long.
    let (era, day) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    // From March on five months have 153 days.
    let month = (5 * dayOfYear + 2) / 153
    let isNext = month >= 10
    let number = dayOfYear - (153 * month + 2) / 5 + 1
    let name = [year + era * 400 + (isNext ? 1 : 0), isNext ? month - 9 : month + 3, number]
    return "\(padded(name[0], 4))-\(padded(name[1], 2))-\(padded(name[2], 2))"
  }

  /// `20:42:10`
  package func clock(_ time: WallTime) -> String {
    let seconds = seconds(time) % 86_400
    return [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
  }

  /// `20:42:10.123456`
  package func exactClock(_ time: WallTime) -> String {
    "\(clock(time)).\(padded(Int64(time.nanoseconds / 1_000 % 1_000_000), 6))"
  }

  /// How long a time lies before another, as one says it: `2 h ago`.
  package static func ago(_ time: WallTime, from now: WallTime) -> String {
    time <= now ? "\(DurationText.text(distance(time, now))) ago" : "\(DurationText.text(distance(now, time))) ahead"
  }

  static func distance(_ earlier: WallTime, _ later: WallTime) -> Duration {
    .nanoseconds(Int64(clamping: later.nanoseconds &- min(earlier.nanoseconds, later.nanoseconds)))
  }

  private func seconds(_ time: WallTime) -> Int64 {
    let seconds = Int64(clamping: time.nanoseconds / 1_000_000_000)
    return max(0, seconds + Int64(offset(seconds)))
  }

  private func padded(_ number: Int64, _ count: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}
