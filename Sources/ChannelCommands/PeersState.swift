// What is known of the 1.0 programs at a window.

internal import ChannelMessages

/// How long ago 1.0 programs were seen, since the machine was started.
package struct PeersState: Hashable, Sendable {
  /// When one wrote to the window.
  package var writerSeen: Duration?

  package init(writerSeen: Duration? = nil) {
    self.writerSeen = writerSeen
  }

  package var text: String {
    writerSeen.map { "a writer was seen \(DurationText.text($0)) ago" } ?? "no writer was seen"
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("writer_seen_ms_ago")
    if let writerSeen { writer.integer(writerSeen.milliseconds) } else { writer.null() }
    writer.endObject()
  }
}
