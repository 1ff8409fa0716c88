// From what is recorded of a request to its answer.

internal import ChannelLedger
internal import ChannelMessages

extension RequestOutcome {
  /// What the other side is answered; a failure is thrown, and its text is the answer's.
  var answer: JSONText {
    get throws {
      switch self {
      case .result(let result): return result
      case .error(let text): throw RecordedError(description: text)
      }
    }
  }

  private struct RecordedError: Error, CustomStringConvertible {
    let description: String
  }
}
