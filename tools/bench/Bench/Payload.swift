// What the messages carry.

internal import CContenders
internal import ChannelMessages

/// The payload of the C contenders, for the Swift sides.
enum Payload {
  /// Made before anything is measured, as it is in C.
  static func json() throws -> JSONText {
    try JSONText(validating: Array(unsafe String(cString: contender_payload).utf8))
  }

  /// As many different ones: each begins with its place among them.
  static func numbered(_ count: Int) throws -> [JSONText] {
    let rest = try json().bytes.drop { $0 != UInt8(ascii: ",") }
    return try (0..<count).map { try JSONText(validating: Array("{\"n\":\($0)".utf8) + rest) }
  }
}
