// Reading a window, and what else messages cost by themselves.

internal import ChannelMessages
internal import TestSupport

/// How fast a window is scanned with all checks; there is no contender in C.
enum ScanRow {
  static let row = Alone(
    name: "scan a window with all checks",
    unit: .megabytesPerSecond,
    target: .value(atLeast: 800)
  ) {
    let window = SampleWindow.bytes()
    return (window.count, { elements(of: window).count })
  }

  /// What has no target: figures to compare a change with.
  static let others = [
    Alone(name: "decode a message of 300 bytes", unit: .nanoseconds) {
      let window = SampleWindow.bytes()
      let indices = elements(of: window).compactMap(\.message)
      return (indices.count, { indices.reduce(0) { $0 &+ Message($1, in: window).id.utf8.count } })
    },
    Alone(name: "encode it", unit: .nanoseconds) {
      let window = SampleWindow.bytes()
      let messages = elements(of: window).compactMap(\.message).map { Message($0, in: window) }
      return (messages.count, { messages.reduce(0) { $0 &+ $1.encode().count } })
    },
    Alone(name: "judge a message of a window as the peer would", unit: .nanoseconds) {
      let window = SampleWindow.bytes()
      return (100, { PeerReader.judge(window) == .accepts ? 1 : 0 })
    },
    Alone(name: "SipHash of 25 bytes, 128 bits", unit: .nanoseconds) {
      let id = [UInt8](repeating: 7, count: 25)
      return (1, { Int(truncatingIfNeeded: SipHash.hash128(id, key: SipHash.Key(low: 1, high: 2))) })
    },
    Alone(name: "CRC-32C of 1 KB", unit: .nanoseconds) {
      let window = SampleWindow.bytes()
      return (window.count / 1_000, { Int(Checksum.crc32c(window)) })
    },
  ]

  private static func elements(of window: [UInt8]) -> [MessageElement] {
    (try? MessageArray.scan(window)) ?? []
  }
}
