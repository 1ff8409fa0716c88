// Shares and rates as people read them.

/// A share of a time, in percent.
package enum PercentText {
  /// To a tenth: `12.5 %`.
  package static func text(_ part: Duration, of whole: Duration) -> String {
    guard whole > .zero else { return "0.0 %" }
    let tenths = Int64((part / whole * 1_000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// How many there were in a second, with as many digits as matter: `0.3`, `12`.
  package static func rate(_ count: UInt64, in time: Duration) -> String {
    guard time > .zero else { return "-" }
    let tenths = UInt64((Double(count) / (time / .seconds(1)) * 10).rounded())
    return tenths >= 100 || tenths % 10 == 0 ? "\((tenths + 5) / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
