// Sizes as a configuration has them.

/// Byte counts: `65536`, or with a binary unit `64 KiB`.
package enum SizeText {
  private static let units: [(name: String, shift: UInt64)] = [
    ("B", 0), ("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("PiB", 50),
  ]

  /// The names of the units.
  package static var unitNames: [String] { units.map(\.name) }

  /// Reads a whole number, with a unit or without one; nil when it is none, or too large for 64 bits.
  package static func parse(_ text: String) -> UInt64? {
    let digits = text.prefix { ("0"..."9").contains($0) }
    guard let count = UInt64(digits) else { return nil }
    let rest = text.dropFirst(digits.count)
    if rest.isEmpty { return count }
    let name = rest.first == " " ? rest.dropFirst() : rest
    guard let unit = units.first(where: { $0.name == name }) else { return nil }
    let (size, overflow) = count.multipliedReportingOverflow(by: 1 << unit.shift)
    return overflow ? nil : size
  }

  /// The size in the largest unit of which it is a whole number: exactly that.
  package static func text(_ size: UInt64) -> String {
    let unit = units.last { size > 0 && size % (1 << $0.shift) == 0 } ?? units[0]
    return "\(size >> unit.shift) \(unit.name)"
  }
}
