// Which boot of the machine this is.

internal import Glibc

/// The random identity that the kernel makes at each boot: 16 bytes.
package struct BootIdentity: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64

  /// From exactly 16 bytes; nil otherwise.
  package init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// From the text of `/proc/sys/kernel/random/boot_id`: 32 hexadecimal digits in groups, and a line feed; nil
  /// otherwise.
  package static func parse(_ text: [UInt8]) -> Self? {
    let line = text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
    let groups = line.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard groups.map(\.count) == [8, 4, 4, 4, 12] else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in groups.joined() {
      guard let value = Character(UnicodeScalar(digit)).hexDigitValue.map(UInt8.init) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return Self(bytes)
  }

  /// This boot's.
  package static func current() throws(SystemError) -> Self {
    let path = "/proc/sys/kernel/random/boot_id"
    guard let boot = parse(try ProcFile.bytes(of: path)) else { throw SystemError("read", on: path, code: EINVAL) }
    return boot
  }

  /// The 16 bytes, in the order in which the text has them.
  package var bytes: [UInt8] {
    [high, low].flatMap { half in stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> $0) } }
  }
}
