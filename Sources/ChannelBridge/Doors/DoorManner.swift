// What is spoken with whom a door lets in.

internal import ChannelWires

/// The ways to get messages by a door, once a connection does not speak HTTP any more.
enum DoorManner: Hashable {
  case webSocket
  /// Messages are told, and nothing more is heard.
  case events(EventStreamWire.Form)

  /// One for a connection; `prefix` is what ids that are made up begin with.
  func wire(naming prefix: String) -> any Wire {
    switch self {
    case .webSocket: WebSocketWire(naming: prefix)
    case .events(let form): EventStreamWire(form)
    }
  }
}
