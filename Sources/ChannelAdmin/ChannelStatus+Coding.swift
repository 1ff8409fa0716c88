// How a channel is, as an object.

package import ChannelMessages
internal import ChannelModel

extension ChannelStatus {
  package func write(to writer: inout JSONWriter) {
    writer.member("path", path)
    writer.member("name", name)
    writer.member("phase", phase.rawValue)
    writer.member("requests", requests)
    writer.member("events", events)
    writer.member("failed", failed)
    writer.member("dead", dead)
    writer.member("in_flight", inFlight)
    writer.member("active_ns", active)
    writer.key("readers")
    writer.beginArray()
    for reader in readers { writer.object { reader.write(to: &$0) } }
    writer.endArray()
    writer.member("missed", missed)
    writer.member("written_in_place", isWrittenInPlace)
    writer.member("trouble", trouble)
  }

  init(_ object: AdminObject) throws(AdminFault) {
    self.init(path: try object.text("path"), name: try object.text("name"), phase: try object.word("phase"))
    requests = try object.number("requests")
    events = try object.number("events")
    failed = try object.number("failed")
    dead = try object.number("dead")
    inFlight = try object.count("in_flight")
    active = try object.optionalTime("active_ns")
    for reader in try object.objects("readers") { readers.append(try Reader(reader)) }
    missed = try object.number("missed")
    isWrittenInPlace = try object.boolean("written_in_place")
    trouble = try object.optionalText("trouble")
  }
}

extension ChannelStatus.Reader {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.member("name", name)
    writer.member("direction", direction.name)
    writer.member("unread", unread)
    writer.member("age_ns", age)
  }

  fileprivate init(_ object: AdminObject) throws(AdminFault) {
    self.init(
      try object.text("name"),
      try Direction(named: try object.text("direction")),
      unread: try object.number("unread"),
      age: try object.optionalDuration("age_ns")
    )
  }
}

extension Direction {
  init(named name: String) throws(AdminFault) {
    guard let direction = Direction.allCases.first(where: { $0.name == name }) else { throw .wrongValue("direction") }
    self = direction
  }
}
