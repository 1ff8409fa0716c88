// Dates that people write down for us to read.

extension WallTime {
  /// A time of Greenwich, written like `2027-01-31T12:00:00Z`, or the first moment of a day, like `2027-01-31`; nil for
  /// anything else, days that no calendar has, and times before 1970. What is beyond the last time there is becomes it.
  package init?(utc text: some Collection<UInt8>) {
    let bytes = Array(text)
    let shape = Array((bytes.count == 10 ? "0000-00-00" : "0000-00-00T00:00:00Z").utf8)
    guard bytes.count == shape.count, zip(bytes, shape).allSatisfy(Self.fits) else { return nil }
    func number(_ places: Range<Int>) -> Int { bytes[places].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    guard year >= 1970, (1...12).contains(month), (1...Self.dayCount(of: month, in: year)).contains(day) else {
      return nil
    }
    var seconds = Self.days(to: year, month, day) * 86_400
    if bytes.count > 10 {
      let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
      guard hour < 24, minute < 60, second < 60 else { return nil }
      seconds += (hour * 60 + minute) * 60 + second
    }
    self.init(milliseconds: UInt64(seconds) * 1_000)
  }

  /// A zero stands for any digit, all else for itself.
  private static func fits(_ byte: UInt8, _ shape: UInt8) -> Bool {
    shape == UInt8(ascii: "0") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == shape
  }

  private static func dayCount(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// How many days a date lies behind the first of January 1970.
  private static func days(to year: Int, _ month: Int, _ day: Int) -> Int {
    // Counted in years that begin in March, the leap day is the last of its year.
    let years = month > 2 ? year : year - 1
    let months = (month + 9) % 12
    // From March on five months have 153 days.
    let dayOfYear = (153 * months + 2) / 5 + day - 1
    return 365 * years + years / 4 - years / 100 + years / 400 + dayOfYear - 719_468
  }
}
