// What transom request does with a URL.

internal import ChannelCommands
internal import ChannelMessages
internal import ChannelModel
internal import Transom

/// Asks whoever listens at an address.
enum SocketRequest {
  /// So long it waits for the other end to leave as well, which is a matter of manners.
  static let partingTime = Duration.milliseconds(200)

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let method = invocation.operand(.method)
    let timeout = invocation.duration(.timeout) ?? .seconds(5)
    let payload = try PayloadText.read(invocation.operand(.json), isText: false)
    let conversation = try SocketConversation(invocation, around, refusing: "nobody answers here: this end only asks") {
      $0.kind == .response
    }
    let address = conversation.address
    let question = try conversation.written(.request, method, payload)
    around.interruption.beforeEnd { Blocking.wait { await conversation.close() } }
    if !invocation.has(.quiet) { around.interruption.remind("waiting for the answer of \(address) to \"\(method)\"") }
    let deadline = Moment.now.advanced(by: timeout)
    let answer = try Blocking.wait { () throws(ChannelError) in
      try await conversation.connect(within: timeout)
      return try await ask(question, conversation, until: deadline)
    }
    around.interruption.forgetReminder()
    guard let answer else {
      let what = "no answer to \"\(method)\" within \(DurationText.text(timeout))"
      let hint = "does whoever listens there answer it? it may still do what was asked"
      throw ChannelError(.timedOut, at: "\(address)", what, hint: hint)
    }
    if let error = answer.error { throw ChannelError(.answeredWithError, at: "\(address)", error) }
    try around.printAnswer(answer.payload)
    _ = try? Blocking.wait { () throws(ChannelError) in try await conversation.leave(within: partingTime) }
    return 0
  }

  /// The answer; nil when the time was up.
  private static func ask(
    _ question: Message,
    _ conversation: SocketConversation,
    until deadline: Moment
  ) async throws(ChannelError) -> Message? {
    guard try await conversation.write([question], until: deadline) else { return nil }
    while true {
      let came = await conversation.next(until: deadline)
      if let answer = came.first(where: { $0.replyTo == question.id }) { return answer }
      if came.isEmpty { break }
    }
    guard let fault = await conversation.fault else { return nil }
    guard fault.code == .closed else { throw fault }
    let what = "whoever listens there left before it answered \"\(question.method ?? "")\""
    throw ChannelError(.system, at: fault.path, what, hint: "it may have done what was asked; see its log")
  }
}
