// Who says something in the log.

/// The parts of a daemon, each of which may have a level of its own.
package enum LogPart: String, Sendable, Hashable, CaseIterable {
  case daemon, channels, handlers, ledger, bridges, doors
}
