// What a handler tells, as the log has it.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets

extension HandlerNotice {
  var lines: [(LogLevel, String, [LogLine.Field])] {
    switch self {
    case .started(let pid): return [(.debug, "started", [.init("pid", Int64(pid))])]
    case .ended(let pid, let end): return [(.debug, "\(end.end.words)", [.init("pid", Int64(pid))])]
    case .restarting(let pause, let why):
      return [(.warning, "is started again in \(DurationText.text(pause)): \(why)", [])]
    case .finished(let job, let outcome, let took):
      let fields: [LogLine.Field] = [
        .init("channel", job.path), .init("id", job.message.id), .init("method", job.message.method ?? ""),
        .init("us", Int64(clamping: took.wholeNanoseconds / 1_000)),
      ]
      switch outcome {
      case .answer: return [(.debug, "done", fields)]
      case .later: return [(.info, "wants it later", fields)]
      case .returned: return [(.debug, "is given back", fields)]
      case .failed(let failure): return [(.warning, "failed: \(failure)", fields)]
      }
    case .wrote(let pid, let lines, let unsaid):
      let said = lines.map { (LogLevel.info, "says: \($0)", [LogLine.Field("pid", Int64(pid))]) }
      return unsaid == 0 ? said : said + [(.info, "says \(unsaid) lines more", [.init("pid", Int64(pid))])]
    case .malformed(let pid, let error):
      return [(.warning, "wrote what is no answer: \(error)", [.init("pid", Int64(pid))])]
    case .unasked(let pid, let id):
      return [(.warning, "answers what it was not asked", [.init("pid", Int64(pid)), .init("id", id)])]
    case .unsaid(let pid, let count):
      return [(.warning, "wrote \(count) more lines that are no answers", [.init("pid", Int64(pid))])]
    }
  }
}
