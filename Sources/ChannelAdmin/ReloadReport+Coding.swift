// What a reload has changed, as an object.

package import ChannelMessages

extension ReloadReport {
  package func write(to writer: inout JSONWriter) {
    write(handlers, "handlers", to: &writer)
    write(bridges, "bridges", to: &writer)
    write(doors, "doors", to: &writer)
    writer.member("roots_added", rootsAdded)
    writer.member("roots_removed", rootsRemoved)
    writer.member("files_changed", filesChanged)
    writer.member("sent_away", sentAway)
    writer.member("flaws", flaws)
    writer.member("keys_for_next_start", keysForNextStart)
  }

  private func write(_ changes: Changes, _ kind: String, to writer: inout JSONWriter) {
    writer.member("\(kind)_added", changes.added)
    writer.member("\(kind)_changed", changes.changed)
    writer.member("\(kind)_removed", changes.removed)
  }

  init(_ object: AdminObject) throws(AdminFault) {
    handlers = try Self.changes("handlers", of: object)
    bridges = try Self.changes("bridges", of: object)
    doors = try Self.changes("doors", of: object)
    rootsAdded = try object.texts("roots_added")
    rootsRemoved = try object.texts("roots_removed")
    // A daemon that was begun before its program was renewed does not tell of these.
    filesChanged = object.has("files_changed") ? try object.texts("files_changed") : []
    sentAway = object.has("sent_away") ? try object.count("sent_away") : 0
    flaws = object.has("flaws") ? try object.texts("flaws") : []
    keysForNextStart = try object.texts("keys_for_next_start")
  }

  private static func changes(_ kind: String, of object: AdminObject) throws(AdminFault) -> Changes {
    var changes = Changes()
    changes.added = try object.texts("\(kind)_added")
    changes.changed = try object.texts("\(kind)_changed")
    changes.removed = try object.texts("\(kind)_removed")
    return changes
  }
}
