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

/// Why a request got an error for an answer; the text is all that the other side learns.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ text: String) {
    description = text
  }
}
