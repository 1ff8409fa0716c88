// What a new configuration has changed.

/// What became of a reload that went well; the names are those of handlers and the paths of roots.
package struct ReloadReport: Sendable, Hashable {
  package var handlersAdded: [String] = []
  package var handlersChanged: [String] = []
  package var handlersRemoved: [String] = []
  package var rootsAdded: [String] = []
  package var rootsRemoved: [String] = []
  /// Keys that have changed and count only from the daemon's next start on.
  package var keysForNextStart: [String] = []

  package init() {}
}
