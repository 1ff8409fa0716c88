// An answer that a bridge owes the channel.

internal import ChannelMessages
internal import Transom

/// The means to answer a request of the channel, and to have that remembered where somebody remembers.
struct OwedAnswer {
  private let reply: RequestReply
  private let record: (any RequestRecord)?

  init(_ reply: RequestReply, _ record: (any RequestRecord)? = nil) {
    self.reply = reply
    self.record = record
  }

  /// Answers, and then has it recorded: were the program killed in between, whoever asks again would be told that it was
  /// interrupted, and nobody would be asked twice.
  func answer(_ outcome: Result<JSONText, RequestReply.Failure>) {
    reply.answer(outcome)
    record?.settle(outcome)
  }

  /// Answers nothing, since nobody was asked: somebody else may be.
  func leave() {
    record?.withdraw()
    reply.leave()
  }
}
