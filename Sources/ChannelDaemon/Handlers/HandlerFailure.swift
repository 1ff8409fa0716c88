// Why a handler failed.

package import ChannelMessages

/// What went wrong with a message at its handler, and what the program said about it.
package struct HandlerFailure: Error, Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    /// The program ended with a status that is neither 0 nor 75.
    case exited(Int32)
    case signalled(Int32)
    /// Somebody else took the program's end, so that nobody knows it.
    case endedUnknown
    case timedOut(after: Duration)
    case tooMuchOutput(limit: Int)
    /// What it printed is no answer to a request.
    case notJSON(JSONError)
    /// The worker said itself that it failed.
    case answeredError(String)
    /// It cannot be handed to any program.
    case unfit(String)
    /// No program could be started for it.
    case cannotStart(String)
    /// The worker ended with the message in its hands, for reasons that may have nothing to do with it.
    case workerEnded(String)
    /// The handler was told to end before it was done.
    case cancelled
    /// The worker's answer is none.
    case malformedLine(WorkerLineError)
  }

  package let reason: Reason
  /// The last that the program wrote to its standard error, on one line; often empty.
  package let lastWords: String

  package init(_ reason: Reason, lastWords: String = "") {
    self.reason = reason
    self.lastWords = lastWords
  }

  /// Whether the message may fare better another time, since its own content was not the reason.
  package var isWorthAnotherTry: Bool {
    switch reason {
    case .workerEnded, .cannotStart, .cancelled: true
    case .exited, .signalled, .endedUnknown, .timedOut, .tooMuchOutput, .notJSON, .answeredError, .unfit,
      .malformedLine:
      false
    }
  }
}

extension HandlerFailure: CustomStringConvertible {
  /// The most characters of a worker's own words, or of anybody's.
  private static let longest = 1_000

  /// One line for logs and ledgers, and for whoever sent the request.
  package var description: String {
    lastWords.isEmpty ? what : "\(what): \(lastWords)"
  }

  private var what: String {
    switch reason {
    case .exited(let status): "the handler ended with status \(status)"
    case .signalled(let number): "the handler was ended by signal \(number)"
    case .endedUnknown: "the handler ended, and its status went to somebody else"
    case .timedOut(let limit): "the handler took longer than \(limit)"
    case .tooMuchOutput(let limit): "the handler answered with more than \(limit) bytes"
    case .notJSON(let error): "the handler's answer is no JSON: \(error)"
    case .answeredError(let text): HarmlessLine.text(text, longest: Self.longest)
    case .unfit(let why): "the message cannot be handed to a program: \(why)"
    case .cannotStart(let why): "the handler cannot be started: \(HarmlessLine.text(why, longest: Self.longest))"
    case .workerEnded(let how): "the handler's worker \(how) before it answered"
    case .cancelled: "the handler was told to end before it was done"
    case .malformedLine(let error): "the handler's worker wrote what is no answer: \(error)"
    }
  }
}
