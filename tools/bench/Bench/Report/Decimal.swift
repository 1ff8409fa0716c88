// Numbers as people read them.

/// Writes numbers with three digits that say something.
enum Decimal {
  /// `1.05`, `12.4`, `318`, `1 532 000`.
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    let size = abs(value)
    if size >= 10_000 { return grouped(Int((value / 1_000).rounded()) * 1_000) }
    return fixed(value, digits: size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.095 || size == 0 ? 2 : 3)
  }

  /// With so many digits behind the point.
  static func fixed(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
    let whole = Int((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(whole) }
    let fraction = String(whole % scale)
    return sign + String(whole / scale) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  private static func grouped(_ value: Int) -> String {
    let digits = Array(String(abs(value)))
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text.append(" ") }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }
}
