// How a bridge or a door is, as an object.

package import ChannelMessages

extension BridgeStatus {
  package func write(to writer: inout JSONWriter) {
    writer.member("name", name)
    writer.member("kind", kind.rawValue)
    writer.member("place", place)
    writer.member("channels", channelCount)
    writer.member("connections", connections)
    writer.member("requests_out", requestsOut)
    writer.member("requests_in", requestsIn)
    writer.member("events_out", eventsOut)
    writer.member("events_in", eventsIn)
    writer.member("dropped", dropped)
    writer.member("refused", refused)
    writer.member("trouble", trouble)
  }

  init(_ object: AdminObject) throws(AdminFault) {
    self.init(try object.text("name"), try object.word("kind"), place: try object.text("place"))
    channelCount = try object.count("channels")
    connections = try object.count("connections")
    requestsOut = try object.number("requests_out")
    requestsIn = try object.number("requests_in")
    eventsOut = try object.number("events_out")
    eventsIn = try object.number("events_in")
    dropped = try object.number("dropped")
    refused = try object.number("refused")
    trouble = try object.optionalText("trouble")
  }
}
