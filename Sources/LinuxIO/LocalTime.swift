// What the clocks on the walls here show.

internal import Glibc

/// How far the local time is from that of Greenwich.
package enum LocalTime {
  /// So many seconds ahead at a time, which is given in seconds since 1970.
  package static func offset(at seconds: Int64) -> Int {
    var time = time_t(seconds)
    var parts = unsafe tm()
    // Without an answer everybody's time is as good.
    guard unsafe localtime_r(&time, &parts) != nil else { return 0 }
    return unsafe parts.tm_gmtoff
  }
}
