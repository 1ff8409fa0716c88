// What is spoken with whom a door lets in.

internal import ChannelWires

/// The ways to get messages by a door, once a connection does not speak HTTP any more.
enum DoorManner: Hashable {
  case webSocket
  /// Messages are told, and nothing more is heard.
  case events(EventStreamWire.Form)

  var wire: any Wire {
    switch self {
    case .webSocket: WebSocketWire(naming: "\(UInt64.random(in: .min ... .max))-")
    case .events(let form): EventStreamWire(form)
    }
  }
}
