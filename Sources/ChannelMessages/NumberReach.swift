/// Whether a 1.0 peer's arithmetic takes a number to infinity, at which it rejects the whole file.
///
/// It does not round as IEEE asks: it keeps the leading digits that fit into 64 bits, converts them to a double and
/// multiplies by one power of ten. So `1.7976931348623158e308`, which is the greatest double to anybody else, is
/// beyond its reach, and that very result is what has to be found here.
enum NumberReach {
  /// The peer's reading of a number whose grammar was checked.
  static func isBeyondDouble(_ bytes: ScanBytes, _ start: Int, _ end: Int) -> Bool {
    var at = start
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    var significand: UInt64 = 0
    var exponent = 0

    // Digits before the point: what does not fit any more only raises the exponent.
    var isFull = false
    while at < end, bytes.isDigit(at) {
      isFull = isFull || !append(bytes[at], to: &significand)
      if isFull { exponent += 1 }
      at += 1
    }
    if at == end, !isFull { return false }

    if at < end, bytes[at] == UInt8(ascii: ".") {
      at += 1
      // The peer tries again whether a digit fits: the first one that does not ends the significand.
      while at < end, bytes.isDigit(at), append(bytes[at], to: &significand) {
        exponent -= 1
        at += 1
      }
      while at < end, bytes.isDigit(at) { at += 1 }
    }

    if at < end {
      at += 1
      let isNegative = bytes[at] == UInt8(ascii: "-")
      if isNegative || bytes[at] == UInt8(ascii: "+") { at += 1 }
      var written: Int32 = 0
      while at < end {
        let (tens, overflow) = written.multipliedReportingOverflow(by: 10)
        let (sum, secondOverflow) = tens.addingReportingOverflow(Int32(bytes[at] - 0x30))
        // An exponent beyond 32 bits is infinity, or zero when it is negative or the significand is zero.
        if overflow || secondOverflow { return !isNegative && significand != 0 }
        written = sum
        at += 1
      }
      exponent += isNegative ? -Int(written) : Int(written)
    }
    return overflows(significand, exponent)
  }

  private static func append(_ digit: UInt8, to significand: inout UInt64) -> Bool {
    let (tens, overflow) = significand.multipliedReportingOverflow(by: 10)
    let (sum, secondOverflow) = tens.addingReportingOverflow(UInt64(digit - 0x30))
    if overflow || secondOverflow { return false }
    significand = sum
    return true
  }

  private static func overflows(_ significand: UInt64, _ exponent: Int) -> Bool {
    guard significand != 0, exponent >= 0 else { return false }
    guard exponent <= 308 else { return true }
    // The literal is the double nearest to the power, as in the peer's table; products of smaller ones would drift.
    guard let power = Double("1e\(exponent)") else { return false }
    return (Double(significand) * power).isInfinite
  }
}
