// The beginning of a message of ours: id, then timestamp.

internal import ChannelMessages

/// Where the timestamp stands in a message of ours as the journal holds it.
///
/// Ours always begin with id and timestamp. Bytes of another form, which only a forged journal can hold, are left alone.
package enum OwnMessageText {
  private static let opening = Array("{\"id\":\"".utf8)
  private static let middle = Array("\",\"timestamp\":".utf8)

  /// The place of its digits; nil for bytes of another form.
  package static func timestampPlace(in message: [UInt8]) -> Range<Int>? {
    let usual = OwnIDs.timePlace
    if message.count > usual.upperBound, ByteStretch.matches(middle, 0..<middle.count, in: message, at: 43),
      ByteStretch.matches(opening, 0..<opening.count, in: message, at: 0),
      message[usual].allSatisfy(isDigit), !isDigit(message[usual.upperBound]),
      !message[opening.count..<43].contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
    {
      return usual
    }
    guard message.starts(with: opening),
      let quote = message[opening.count...].firstIndex(of: UInt8(ascii: "\"")),
      !message[opening.count..<quote].contains(UInt8(ascii: "\\")), message[quote...].starts(with: middle)
    else { return nil }
    let start = quote + middle.count
    let end = message[start...].firstIndex { !isDigit($0) } ?? start
    return end > start ? start..<end : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// The message with another timestamp.
  package static func stamped(_ message: [UInt8], with timestamp: UInt64) -> [UInt8] {
    guard let place = timestampPlace(in: message) else { return message }
    return message[..<place.lowerBound] + Array(String(timestamp).utf8) + message[place.upperBound...]
  }
}
