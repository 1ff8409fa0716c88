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
