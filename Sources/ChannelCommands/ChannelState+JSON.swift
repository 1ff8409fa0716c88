// A channel's state for programs.

internal import ChannelMessages

extension ChannelState {
  /// One object.
  package func json() -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    for (key, text) in [
      ("path", path), ("channel", identifier), ("file_system", fileSystem), ("noticed_by", watching),
    ] {
      writer.key(key)
      writer.string(text)
    }
    if let obstacle {
      writer.key("monitor_because")
      writer.string(obstacle)
    }
    writer.key("left_behind")
    leftovers.write(to: &writer)
    writer.key("directions")
    writer.beginArray()
    for direction in directions { direction.write(to: &writer, isMonitored: obstacle != nil) }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}

extension DirectionState {
  fileprivate func write(to writer: inout JSONWriter, isMonitored: Bool) {
    writer.beginObject()
    writer.key("name")
    writer.string(name)
    writer.key("writer")
    writer.string(self.writer.rawValue)
    writer.key("newest")
    writer.integer(newest)
    writer.key("newest_message")
    if let newestMessage { writer.integer(newestMessage) } else { writer.null() }
    writer.key("bytes")
    writer.integer(byteCount)
    writer.key("segments")
    writer.beginArray()
    for segment in segments {
      writer.beginObject()
      writer.key("first")
      writer.integer(segment.first)
      writer.key("last")
      writer.integer(segment.last)
      writer.key("bytes")
      writer.integer(segment.byteCount)
      writer.endObject()
    }
    writer.endArray()
    writer.key("backlog")
    writer.integer(backlog)
    if let oldestUnread {
      writer.key("oldest_unread")
      writer.beginObject()
      writer.key("number")
      writer.integer(oldestUnread.number)
      writer.key("age_ms")
      writer.integer(oldestUnread.age.milliseconds)
      writer.key("reader")
      writer.string(oldestUnread.reader)
      writer.endObject()
    }
    writer.key("readers")
    writer.beginArray()
    for reader in readers { reader.write(to: &writer) }
    writer.endArray()
    writer.key("locks")
    writer.beginArray()
    for lock in locks {
      writer.beginObject()
      writer.key("name")
      writer.string(lock.name)
      writer.key("held_by")
      if let holder = lock.holder { writer.string(holder) } else { writer.null() }
      writer.endObject()
    }
    writer.endArray()
    writer.key("window")
    window.write(to: &writer)
    if isMonitored {
      writer.key("monitor_reads_window")
      writer.boolean(monitorReadsWindow)
    }
    writer.key("window_lock")
    if let windowLock { windowLock.write(to: &writer) } else { writer.null() }
    writer.key("peers")
    if let peers { peers.write(to: &writer) } else { writer.null() }
    writer.key("quarantine")
    quarantine.write(to: &writer)
    writer.endObject()
  }
}
