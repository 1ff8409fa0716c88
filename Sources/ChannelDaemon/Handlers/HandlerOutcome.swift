// What became of a job.

package import ChannelLedger
package import ChannelMessages

/// How a handler dealt with a message. An outcome is told when nothing works on the message any more.
package enum HandlerOutcome: Sendable, Hashable {
  /// It is done with; this is what a request is answered. For an event it is null.
  case answer(JSONText)
  /// The handler wants it again at another time.
  case later
  case failed(HandlerFailure)
  /// No program was given it, since the handler takes nothing any more.
  case returned
}

extension HandlerOutcome {
  /// The failure, when it is one.
  package var failure: HandlerFailure? {
    switch self {
    case .failed(let failure): failure
    case .answer, .later, .returned: nil
    }
  }

  /// What a request is answered with; nil when it is to be handled again.
  package var requestOutcome: RequestOutcome? {
    switch self {
    case .answer(let value): .result(value)
    case .later, .returned: nil
    case .failed(let failure): .error(failure.description)
    }
  }
}
