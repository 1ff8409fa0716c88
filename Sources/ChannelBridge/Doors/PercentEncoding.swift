// Names as they stand in a URL.

internal import ChannelMessages

/// Reads what stands between two slashes of a path, or behind an equals sign of a query.
enum PercentEncoding {
  /// The text that is written so; nil when an escape is none, or what it makes is no text. A plus is a plus.
  static func decode(_ text: some StringProtocol) -> String? {
    if !text.utf8.contains(UInt8(ascii: "%")) { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.next().flatMap(Hexadecimal.value), let low = rest.next().flatMap(Hexadecimal.value) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
