// A connection that others have begun.

package import ChannelSockets

/// A stream that whoever has begun it gives away, to whom belongs what comes from here on: a server of HTTP, or who has
/// come to the other end.
package final class HandedStream: @unchecked Sendable {
  // @unchecked: it is used on the loop's thread alone, as its stream is.

  package let stream: ByteStream
  private let relay: StreamRelay
  /// What has happened since it was given away, and nobody was told yet.
  private var kept: [StreamEvent]

  /// `rest` came already of what is spoken now.
  init(_ stream: ByteStream, rest: [UInt8], _ relay: StreamRelay) {
    self.stream = stream
    self.relay = relay
    kept = rest.isEmpty ? [] : [.received(rest)]
    relay.onEvent = { [weak self] in self?.kept.append($0) }
  }

  /// Tells all that happened to it since it was given away, and all that happens from here on.
  package func follow(_ onEvent: @escaping (StreamEvent) -> Void) {
    let before = kept
    kept = []
    relay.onEvent = onEvent
    for event in before { onEvent(event) }
  }
}
