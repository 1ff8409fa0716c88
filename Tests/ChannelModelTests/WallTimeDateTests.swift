import ChannelModel
import Testing

@Suite("Dates as people write them") struct WallTimeDateTests {
  @Test(
    arguments: [
      ("1970-01-01", 0), ("1970-01-01T00:00:01Z", 1), ("1972-02-29", 68_169_600), ("2000-02-29", 951_782_400),
      ("2000-03-01", 951_868_800), ("2027-01-31", 1_801_353_600), ("2027-01-31T12:00:00Z", 1_801_396_800),
      ("2099-12-31T23:59:59Z", 4_102_444_799), ("2100-03-01", 4_107_542_400),
    ] as [(String, UInt64)]
  )
  func areSecondsSince1970(text: String, seconds: UInt64) {
    #expect(WallTime(utc: text.utf8) == WallTime(milliseconds: seconds * 1_000))
  }

  @Test(arguments: [
    "", "2027", "2027-1-31", "2027-13-01", "2027-00-10", "2027-01-00", "2027-02-29", "2100-02-29", "2027-04-31",
    "1969-12-31", "2027-01-31T12:00:00", "2027-01-31 12:00:00Z", "2027-01-31t12:00:00z", "2027-01-31T24:00:00Z",
    "2027-01-31T12:60:00Z", "2027-01-31T12:00:60Z", "2027-01-31T12:00:00+01:00", "2027-01-31Z", "20270131",
    "２０２７-01-31", "+027-01-31", "2027-01-31T12:00:00.5Z", "2027/01/31",
  ])
  func areNoneInAnyOtherForm(text: String) {
    #expect(WallTime(utc: text.utf8) == nil)
  }

  @Test func daysFollowEachOther() throws {
    var before = try #require(WallTime(utc: "1970-01-01".utf8))
    for year in 1970...2110 {
      for month in 1...12 {
        for day in 1...31 {
          let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
          guard let time = WallTime(utc: text.utf8), text != "1970-01-01" else { continue }
          try #require(time.milliseconds - before.milliseconds == 86_400_000, "\(text)")
          before = time
        }
      }
    }
  }

  @Test func whatIsTooFarAwayIsTheLastTimeThereIs() {
    #expect(WallTime(utc: "9999-12-31".utf8) == WallTime(nanoseconds: .max))
  }
}
