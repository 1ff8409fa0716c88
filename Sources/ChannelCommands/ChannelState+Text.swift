// A channel's state for people.

internal import ChannelMessages

extension ChannelState {
  /// Some paragraphs and tables.
  package func text(style: Style = .plain) -> String {
    var text = style(.heading, HarmlessText.text(path)) + "\n"
    var rows = [("channel", identifier), ("file system", fileSystem), ("noticed by", watching)]
    if let obstacle { rows.append(("you", "may only look on, as a monitor: \(obstacle)")) }
    rows.append(("left behind", leftovers.text))
    text += Self.rows(rows, style)
    for direction in directions { text += "\n" + direction.text(style: style, isMonitored: obstacle != nil) }
    return text
  }

  fileprivate static func rows(_ rows: [(name: String, says: String)], _ style: Style) -> String {
    rows.map { name, says in
      "  " + style(.faint, name) + String(repeating: " ", count: 14 - name.count) + HarmlessText.text(says) + "\n"
    }.joined()
  }
}

extension DirectionState {
  fileprivate func text(style: Style, isMonitored: Bool) -> String {
    let title = "\(writer.rawValue) to \(writer.other.rawValue)"
    let held = locks.compactMap { lock in lock.holder.map { "\(lock.name) held by \($0)" } }
    var rows = [
      ("sent", sentText),
      ("journal", journalText),
      ("unread", unreadText),
      ("locks", held.isEmpty ? "none held" : held.joined(separator: ", ")),
      ("window", window.text),
    ]
    if window.content != .missing { rows.append(("", window.readingText)) }
    if isMonitored { rows.append(("a monitor", "is given " + monitorText)) }
    rows.append(("1.0 lock", windowLock.map(\.text) ?? "free"))
    if let advice = windowLock?.advice { rows.append(("", advice)) }
    rows.append(("1.0 programs", peers.map(\.text) ?? "nothing is known of any since the machine was started"))
    rows.append(("quarantine", quarantine.text))
    var text = style(.heading, title) + "\n" + ChannelState.rows(rows, style)
    if !readers.isEmpty { text += "\n" + ReaderState.table(readers, style: style, indent: 2) }
    return text
  }

  private var sentText: String {
    if let newestMessage { return "up to number \(newestMessage)" }
    let isWhole = segments.first.map { $0.first <= 1 } ?? true
    return newest == 0 || isWhole ? "nothing yet" : "nothing that is still kept, of \(newest) numbers"
  }

  private var monitorText: String {
    monitorReadsWindow
      ? "what is in the journal, and from the window what nobody has taken into it" : "what is in the journal"
  }

  private var journalText: String {
    let size = ByteCountText.text(byteCount)
    guard let first = segments.first?.first, first <= newest else { return "empty, \(size)" }
    let count = segments.count == 1 ? "1 segment" : "\(segments.count) segments"
    return "\(size) in \(count), from number \(first) on"
  }

  private var unreadText: String {
    let named = readers.contains { $0.kind == .reader || $0.kind == .group }
    guard named else { return "no durable reader: nothing is kept for anybody" }
    guard backlog > 0 else { return "nothing" }
    guard let oldestUnread else { return "\(backlog)" }
    let age = DurationText.text(oldestUnread.age)
    return "\(backlog) by \(oldestUnread.reader), the oldest \(age) old"
  }
}
