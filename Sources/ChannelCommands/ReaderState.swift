// A reader as it is shown.

package import ChannelMessages

/// One registered reader or group, or one who listens without a name.
package struct ReaderState: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case reader
    case group
    /// It keeps no place.
    case listener
    /// Its file cannot be read.
    case unreadable
  }

  package var name: String
  package var kind: Kind
  /// Which side it is on.
  package var side: Side
  /// How many messages it has not acknowledged; nil for a listener, whose place is in its memory.
  package var unread: UInt64?
  /// Who reads under the name now, in words.
  package var holders: [String]
  /// How long ago its place was written.
  package var saved: Duration?
  /// What is wrong with its file.
  package var fault: String?

  package init(
    name: String,
    kind: Kind,
    side: Side,
    unread: UInt64?,
    holders: [String] = [],
    saved: Duration? = nil,
    fault: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.side = side
    self.unread = unread
    self.holders = holders
    self.saved = saved
    self.fault = fault
  }

  /// Readers for people, in columns.
  package static func table(_ readers: [ReaderState], style: Style, indent: Int = 0) -> String {
    var table = TextTable([
      ("READER", .left), ("KIND", .left), ("SIDE", .left), ("UNREAD", .right), ("SAVED", .left), ("HELD BY", .left),
    ])
    for reader in readers {
      let holders = reader.holders.isEmpty ? "nobody" : reader.holders.joined(separator: ", ")
      table.add([
        reader.kind == .listener ? "-" : reader.name,
        reader.kind.rawValue,
        reader.side.rawValue,
        reader.unread.map { "\($0)" } ?? "-",
        reader.saved.map { "\(DurationText.text($0)) ago" } ?? "-",
        reader.fault.map { "\(holders); \($0)" } ?? holders,
      ])
    }
    return table.text(style: style, indent: indent)
  }

  /// The reader for a program, as one object.
  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("name")
    writer.string(name)
    writer.key("kind")
    writer.string(kind.rawValue)
    writer.key("side")
    writer.string(side.rawValue)
    writer.key("unread")
    if let unread { writer.integer(unread) } else { writer.null() }
    writer.key("held_by")
    writer.beginArray()
    for holder in holders { writer.string(holder) }
    writer.endArray()
    if let saved {
      writer.key("saved_ms_ago")
      writer.integer(saved.milliseconds)
    }
    if let fault {
      writer.key("fault")
      writer.string(fault)
    }
    writer.endObject()
  }
}
