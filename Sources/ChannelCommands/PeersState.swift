// What is known of the 1.0 programs at a window.

internal import ChannelMessages

/// How long ago 1.0 programs were seen, since the machine was started.
package struct PeersState: Hashable, Sendable {
  /// When one wrote to the window.
  package var writerSeen: Duration?
  /// When one read it.
  package var readerSeen: Duration?
  /// When it was last known that none read it.
  package var readerRuledOut: Duration?

  package init(writerSeen: Duration? = nil, readerSeen: Duration? = nil, readerRuledOut: Duration? = nil) {
    self.writerSeen = writerSeen
    self.readerSeen = readerSeen
    self.readerRuledOut = readerRuledOut
  }

  package var text: String {
    let writer = writerSeen.map { "a writer was seen \(DurationText.text($0)) ago" } ?? "no writer was seen"
    return "\(writer); \(readerText)"
  }

  /// Whether one reads, as far as that is known.
  var readerText: String {
    // What was seen last counts.
    if let readerRuledOut, readerSeen.map({ readerRuledOut < $0 }) ?? true {
      let before = readerSeen.map { ", the last was seen \(DurationText.text($0)) ago" } ?? ""
      return "there was no reader \(DurationText.text(readerRuledOut)) ago\(before)"
    }
    return readerSeen.map { "a reader was seen \(DurationText.text($0)) ago" } ?? "whether one reads is not known"
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    for (key, duration) in [
      ("writer_seen_ms_ago", writerSeen), ("reader_seen_ms_ago", readerSeen),
      ("reader_ruled_out_ms_ago", readerRuledOut),
    ] {
      writer.key(key)
      if let duration { writer.integer(duration.milliseconds) } else { writer.null() }
    }
    writer.endObject()
  }
}
