// The one whom a runner works for.

/// Whoever is told by a runner.
protocol HandlerRunnerOwner: AnyObject {
  /// A job has its outcome.
  func settle(_ given: GivenJob, _ outcome: HandlerOutcome)
  /// Something else has changed.
  func runnerChanged()
}
