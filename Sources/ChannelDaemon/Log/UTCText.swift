// Times as log lines have them.

package import ChannelModel

/// Writes a time as `2026-11-21T20:42:10.123Z`.
package enum UTCText {
  package static func text(_ time: WallTime) -> String {
    let milliseconds = time.milliseconds
    let seconds = milliseconds / 1_000
    let date = date(ofDay: Int(clamping: seconds / 86_400))
    let clock = seconds % 86_400
    let day = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    let hours = "\(padded(Int(clock / 3_600), 2)):\(padded(Int(clock / 60 % 60), 2)):\(padded(Int(clock % 60), 2))"
    return "\(day)T\(hours).\(padded(Int(milliseconds % 1_000), 3))Z"
  }

  /// The date so many days after the first of January 1970.
  private static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
    // Counted in years that begin in March, the leap day is the last of its year, and 400 years are always as long.
    let days = number + 719_468
    let (era, day) = (days / 146_097, days % 146_097)
    // Of 4, 100 and 400 years the last day is the odd one.
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    // From March on five months have 153 days.
    let month = (5 * dayOfYear + 2) / 153
    let isNext = month >= 10
    return (
      year: year + era * 400 + (isNext ? 1 : 0),
      month: isNext ? month - 9 : month + 3,
      day: dayOfYear - (153 * month + 2) / 5 + 1
    )
  }

  private static func padded(_ number: Int, _ count: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}
