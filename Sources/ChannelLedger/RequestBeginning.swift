// What is known of a request when it comes.

/// What to do with a request.
package enum RequestBeginning: Sendable, Hashable {
  /// It was never seen: run its handler once `RequestLedger.commit` has returned, and settle the run.
  case fresh(RequestRun)
  /// Its handler runs already: wait for that one's outcome.
  case running
  /// It was answered: answer the same again.
  case settled(RequestOutcome)
  /// Its handler ran when the daemon ended, and nobody knows how far it came: say so, and do not run it again.
  case interrupted
}
