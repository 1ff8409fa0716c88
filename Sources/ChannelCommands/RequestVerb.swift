// transom request

internal import ChannelMessages
internal import Transom

enum RequestVerb {
  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let side = invocation.side ?? .frontend
    let method = invocation.operand(.method)
    let timeout = invocation.duration(.timeout) ?? .seconds(5)
    let payload = try PayloadText.read(invocation.operand(.json), isText: false)
    let channel = try invocation.openChannel(as: side)
    around.interruption.beforeEnd { channel.close() }
    if !invocation.has(.quiet) {
      around.interruption.remind("waiting as \(side.rawValue) for the \(side.other.rawValue)'s answer to \"\(method)\"")
    }
    let answer: JSONText
    do {
      answer = try channel.request(method, payload, timeout: timeout)
    } catch let error as ChannelError where error.code == .timedOut {
      throw ChannelError(
        .timedOut,
        at: error.path,
        "no answer to \"\(method)\" within \(DurationText.text(timeout))",
        hint: "you are the \(side.rawValue): does a \(side.other.rawValue) run that answers it? see transom inspect"
      )
    }
    around.interruption.forgetReminder()
    if around.isForPerson || around.style.isColoured {
      try around.output.addLine(
        JSONLayout.text(of: answer.bytes, style: around.style, isIndented: around.isForPerson)
      )
    } else {
      var writer = JSONWriter(reservingCapacity: answer.bytes.count)
      writer.compact(answer)
      try around.output.addLine(writer.bytes)
    }
    try around.output.flush()
    channel.close()
    return 0
  }
}
