// What all answers of a door say.

internal import ChannelWires

extension HTTPHeader {
  /// Nobody keeps them, and a browser takes them for nothing but what they say they are.
  static let ofDoors = [notToBeStored] + [HTTPHeader("X-Content-Type-Options", "nosniff")].compactMap(\.self)
}
