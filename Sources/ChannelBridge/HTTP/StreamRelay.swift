// Whoever a stream tells what happens, and who may change.

internal import ChannelSockets

/// Stands between a stream, which is begun once, and those who have it one after the other.
final class StreamRelay {
  var onEvent: (StreamEvent) -> Void = { _ in }
}
