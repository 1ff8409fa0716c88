// The command that answers requests.

/// A program with its arguments, as `respond` runs it for each request.
struct Command: Sendable {
  /// Where the program is.
  let program: String
  /// Its name as it was written, and its arguments.
  let words: [String]
  /// Whether what it writes to its standard error is passed on as it comes.
  let passesErrors: Bool
}

/// Why a request got an error for an answer.
struct CommandFailure: Error, CustomStringConvertible {
  /// All that the other side learns.
  let description: String
  /// The same for whoever runs the responder, who has seen what the command wrote.
  let summary: String

  init(_ text: String, summary: String? = nil) {
    description = text
    self.summary = summary ?? text
  }
}
