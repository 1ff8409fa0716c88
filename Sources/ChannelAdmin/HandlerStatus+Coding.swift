// How a handler is, as an object.

package import ChannelMessages
internal import ChannelModel

extension HandlerStatus {
  package func write(to writer: inout JSONWriter) {
    writer.member("name", name)
    writer.member("manner", manner.rawValue)
    writer.member("concurrency", concurrency)
    writer.member("running", running)
    writer.member("waiting", waiting)
    writer.member("handled", handled)
    writer.member("failed", failed)
    writer.member("postponed", postponed)
    writer.member("restarts", restarts)
    writer.member("trouble", trouble)
    writer.member("times") { writer in
      writer.key("counts")
      writer.beginArray()
      for count in times.counts { writer.integer(count) }
      writer.endArray()
      writer.member("sum_ns", times.sum)
      // For programs that read this: what the counts mean. It is not read back.
      writer.member("half_within_ns", times.bound(ofShare: 0.5))
      writer.member("most_within_ns", times.bound(ofShare: 0.99))
    }
  }

  init(_ object: AdminObject) throws(AdminFault) {
    self.init(try object.text("name"), try object.word("manner"), concurrency: try object.count("concurrency"))
    running = try object.count("running")
    waiting = try object.count("waiting")
    handled = try object.number("handled")
    failed = try object.number("failed")
    postponed = try object.number("postponed")
    restarts = try object.number("restarts")
    trouble = try object.optionalText("trouble")
    let counts = try object.object("times")
    guard let times = TimeHistogram(counts: try counts.numbers("counts"), sum: try counts.duration("sum_ns")) else {
      throw .wrongValue("counts")
    }
    self.times = times
  }
}
