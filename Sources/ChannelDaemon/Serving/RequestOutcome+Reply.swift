// From what is recorded of a request to its answer.

internal import ChannelLedger
internal import ChannelMessages
internal import Transom

extension RequestOutcome {
  /// What the other side is answered.
  var reply: Result<JSONText, RequestReply.Failure> {
    switch self {
    case .result(let result): .success(result)
    case .error(let text): .failure(RequestReply.Failure(text))
    }
  }
}
