// What a reload has changed, as an object.

package import ChannelMessages

extension ReloadReport {
  package func write(to writer: inout JSONWriter) {
    writer.member("handlers_added", handlersAdded)
    writer.member("handlers_changed", handlersChanged)
    writer.member("handlers_removed", handlersRemoved)
    writer.member("roots_added", rootsAdded)
    writer.member("roots_removed", rootsRemoved)
    writer.member("keys_for_next_start", keysForNextStart)
  }

  init(_ object: AdminObject) throws(AdminFault) {
    handlersAdded = try object.texts("handlers_added")
    handlersChanged = try object.texts("handlers_changed")
    handlersRemoved = try object.texts("handlers_removed")
    rootsAdded = try object.texts("roots_added")
    rootsRemoved = try object.texts("roots_removed")
    keysForNextStart = try object.texts("keys_for_next_start")
  }
}
