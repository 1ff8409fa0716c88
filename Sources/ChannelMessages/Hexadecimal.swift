/// Hexadecimal digits as ASCII bytes.
package enum Hexadecimal {
  /// The number that a digit stands for, in either case.
  @inline(__always)
  package static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x61 + 10
    case 0x41...0x46: digit - 0x41 + 10
    default: nil
    }
  }

  /// The lower-case digit for a number from 0 to 15.
  @inline(__always)
  package static func digit(_ value: UInt8) -> UInt8 {
    let low = value & 0x0F
    return low < 10 ? 0x30 + low : 0x61 + low - 10
  }
}
