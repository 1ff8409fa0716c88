// How often a supervisor wants to hear from this program.

/// What the environment says of a watchdog, as sd_watchdog_enabled(3) reads it.
package enum WatchdogSetting {
  /// After how long without a word the supervisor takes the process for stuck; nil when it does not watch, or watches
  /// another: whoever was started by a service has inherited the variables of that.
  package static func interval(environment: [String: String], process: Int32) -> Duration? {
    if let watched = environment["WATCHDOG_PID"], Int32(watched) != process { return nil }
    guard let text = environment["WATCHDOG_USEC"], let microseconds = UInt64(text) else { return nil }
    // The greatest number stands for never.
    guard microseconds > 0, microseconds < .max else { return nil }
    return .microseconds(microseconds)
  }
}
