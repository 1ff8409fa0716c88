// A step of a message as an object.

package import ChannelMessages
package import ChannelModel

extension TraceStep {
  package func write(to writer: inout JSONWriter) {
    writer.member("step", kind.name)
    writer.member("time_ns", time)
    writer.member("channel", channel)
    writer.member("detail", detail)
  }

  init(_ object: AdminObject) throws(AdminFault) {
    let name = try object.text("step")
    guard let kind = Kind.allCases.first(where: { $0.name == name }) else { throw .wrongValue("step") }
    self.init(
      kind,
      at: try object.time("time_ns"),
      channel: try object.text("channel"),
      detail: try object.text("detail")
    )
  }
}

extension TraceStep.Kind {
  /// What it is called on the wire, and to programs.
  package var name: String {
    switch self {
    case .arrived: "arrived"
    case .matched: "matched"
    case .started: "started"
    case .answered: "answered"
    case .shown: "shown"
    case .dead: "dead"
    case .forwarded: "forwarded"
    case .acknowledged: "acknowledged"
    case .retried: "retried"
    case .held: "held"
    }
  }
}
