// What nobody should say on a line.

internal import TestSupport

/// Lines that are no messages.
enum FarGarbage {
  private static let known = [
    #"{"type":"event",}"#, "{}", "[]", "null", #"{"ack":7}"#, #"{"ack":["a",7]}"#, #"{"ack":"a","more":1}"#,
    #"{"type":"event","method":"x","method":"x","payload":1}"#, #"{"type":"neither","method":"x"}"#,
    "GET / HTTP/1.1\r\nHost: x\r\n\r", "\u{16}\u{3}\u{1}", #"{"type":"event","method":"\ud800"}"#, "{\"type\":\"event",
  ]

  static func draw(using chance: inout SeededGenerator) -> [UInt8] {
    switch Int.random(in: 0..<4, using: &chance) {
    case 0:
      return (0..<Int.random(in: 1...300, using: &chance)).map { _ in UInt8.random(in: 0x80...0xff, using: &chance) }
    case 1: return Array(String(repeating: "[", count: 20_000).utf8)
    default: return Array((known.randomElement(using: &chance) ?? "{}").utf8)
    }
  }
}
