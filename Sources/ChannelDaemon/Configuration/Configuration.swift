// What the daemon is told to do.

/// Everything that a daemon is configured by, with what holds where nothing was said.
package struct Configuration: Sendable, Hashable {
  /// Directories below which channels are looked for. Each is made if it is missing.
  package var roots: [String]
  package var log = LogSetting()
  /// The folder of the ledger.
  package var state: String
  /// The admin socket.
  package var admin: String
  /// Where metrics and health are served; nil for nowhere.
  package var metrics: MetricsPlace?
  /// How long handlers that run may go on once the daemon is to end.
  package var drainLimit = Duration.seconds(10)
  /// In the order in which they are asked whether they take a message: the first that does gets it.
  package var handlers: [HandlerSetting] = []
  package var bridges: [BridgeSetting] = []
  package var doors: [DoorSetting] = []

  package init(roots: [String], state: String, admin: String) {
    self.roots = roots
    self.state = state
    self.admin = admin
  }
}
