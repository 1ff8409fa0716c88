// A configuration that cannot be had.

/// Everything that is wrong with it, in the order in which it stands in the files.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Never empty.
  package let problems: [ConfigurationProblem]

  package init(_ problems: [ConfigurationProblem]) {
    self.problems = problems
  }

  /// A line for each problem.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
