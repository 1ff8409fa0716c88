// An answer that a bridge owes the channel.

internal import ChannelMessages
internal import Transom

/// The means to answer a request of the channel, and to have that remembered where somebody remembers.
struct OwedAnswer {
  private let reply: RequestReply
  /// Nil as long as it is written down nowhere that somebody is asked.
  var record: (any RequestRecord)?

  init(_ reply: RequestReply) {
    self.reply = reply
  }

  /// Answers, and then has it recorded: were the program killed in between, whoever asks again would be told that it was
  /// interrupted, and nobody would be asked twice.
  func answer(_ outcome: Result<JSONText, RequestReply.Failure>) {
    reply.answer(outcome)
    record?.settle(outcome)
  }

  /// Answers that nobody was asked: who asks again may find somebody.
  func refuse(_ failure: RequestReply.Failure) {
    record?.withdraw()
    reply.answer(.failure(failure))
  }

  /// Answers what was answered before, or nothing, by what somebody else has written down.
  func answer(recalling outcome: Result<JSONText, RequestReply.Failure>) { reply.answer(outcome) }

  /// Answers nothing, since nobody was asked: somebody else may be.
  func leave() {
    record?.withdraw()
    reply.leave()
  }
}
