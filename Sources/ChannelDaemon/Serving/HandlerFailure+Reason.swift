// From a handler's failure to what is written on its message.

internal import ChannelModel

extension HandlerFailure {
  var letterReason: DeadLetter.Reason {
    switch reason {
    case .timedOut: .timedOut
    case .cannotStart, .workerEnded: .tooManyAttempts
    case .unfit: .malformed
    case .cancelled: .interrupted
    case .exited, .signalled, .endedUnknown, .tooMuchOutput, .notJSON, .answeredError, .malformedLine: .failed
    }
  }
}
