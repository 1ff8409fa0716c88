// A dead letter as an object.

package import ChannelMessages
package import ChannelModel

extension DeadLetter {
  package func write(to writer: inout JSONWriter) {
    writer.member("number", number)
    writer.member("channel", channel)
    writer.member("direction", direction.name)
    writer.member("id", id)
    writer.member("sequence", sequence.rawValue)
    writer.member("type", kind.rawValue)
    writer.member("method", method)
    writer.member("reason", reason.rawValue)
    writer.member("attempts", attempts)
    writer.member("first") { first.write(to: &$0) }
    writer.member("last") { last.write(to: &$0) }
    writer.member("bytes", byteCount)
  }

  init(_ object: AdminObject) throws(AdminFault) {
    self.init(
      number: try object.number("number"),
      channel: try object.text("channel"),
      direction: try Direction(named: try object.text("direction")),
      id: try object.text("id"),
      sequence: SequenceNumber(try object.number("sequence")),
      kind: try object.word("type"),
      method: try object.optionalText("method"),
      reason: try object.word("reason"),
      attempts: try object.number("attempts"),
      first: try Failure(try object.object("first")),
      last: try Failure(try object.object("last")),
      byteCount: try object.count("bytes")
    )
  }
}

extension DeadLetter.Failure {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.member("error", error)
    writer.member("time_ns", time)
  }

  fileprivate init(_ object: AdminObject) throws(AdminFault) {
    self.init(try object.text("error"), at: try object.time("time_ns"))
  }
}
