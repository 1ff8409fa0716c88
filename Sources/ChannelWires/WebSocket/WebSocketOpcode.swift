// What a frame is.

/// The kinds of frame that there are (RFC 6455, 5.2); all others are refused.
enum WebSocketOpcode: UInt8 {
  case continuation = 0x0
  case text = 0x1
  case binary = 0x2
  case close = 0x8
  case ping = 0x9
  case pong = 0xA
}
