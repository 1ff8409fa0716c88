// A stream whose other end hears itself.

package import ChannelSockets

/// Sends back all that comes over a stream, and the end as well; on the loop's thread, and as fast as the other end reads.
package final class StreamEcho {
  private let stream: ByteStream
  /// What could not be sent back yet.
  private var held: [UInt8] = []
  private var hasEnded = false

  package init(_ stream: ByteStream) {
    self.stream = stream
  }

  /// What happened to the stream.
  package func hear(_ event: StreamEvent) {
    switch event {
    case .received(let bytes): sendBack(bytes)
    case .drained:
      sendBack(held)
      guard held.isEmpty else { return }
      stream.resumeReading()
      if hasEnded { stream.finishWriting() }
    case .inputEnded:
      hasEnded = true
      if held.isEmpty { stream.finishWriting() }
    case .outputRefused:
      // What comes goes nowhere from here on, and its end is still waited for.
      held = []
      stream.resumeReading()
    case .secured, .closed: break
    }
  }

  private func sendBack(_ bytes: [UInt8]) {
    held = []
    guard stream.write(bytes) == .full else { return }
    held = bytes
    stream.pauseReading()
  }
}
