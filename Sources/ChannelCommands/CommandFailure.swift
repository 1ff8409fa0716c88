// What went wrong with a command.

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
