// Sizes as people read them.

/// Byte counts in binary units.
package enum ByteCountText {
  private static let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

  /// A size in the largest unit that it fills: `512 B`, `4.0 MiB`.
  package static func text(_ count: UInt64) -> String {
    guard count >= 1_024 else { return "\(count) B" }
    var size = count
    var rest: UInt64 = 0
    var unit = -1
    while size >= 1_024 {
      rest = size % 1_024
      size /= 1_024
      unit += 1
    }
    return size >= 100 ? "\(size) \(units[unit])" : "\(size).\(rest * 10 / 1_024) \(units[unit])"
  }
}
