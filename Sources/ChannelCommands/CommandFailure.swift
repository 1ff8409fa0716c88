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

  /// How a command has ended that ended with a status other than 0; above 128 it was a signal.
  static func end(by status: Int32) -> String {
    status > 128 ? "was ended by signal \(status - 128)" : "ended with status \(status)"
  }
}
