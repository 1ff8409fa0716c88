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

  package init(roots: [String], state: String, admin: String) {
    self.roots = roots
    self.state = state
    self.admin = admin
  }
}

/// How the daemon's log is written.
package struct LogSetting: Sendable, Hashable {
  package enum Form: String, Sendable, Hashable, CaseIterable {
    /// Plain on a terminal, JSON elsewhere.
    case automatic
    case plain, json
  }

  package var form = Form.automatic
  package var level = LogLevel.info
  /// Levels of single parts of the daemon, by their names.
  package var parts: [String: LogLevel] = [:]
  /// Whether payloads are written into it.
  package var showsPayloads = false

  package init() {}
}

/// How much a log line matters.
package enum LogLevel: String, Sendable, Hashable, CaseIterable, Comparable {
  case debug, info, warning, error

  package static func < (one: LogLevel, other: LogLevel) -> Bool { one.rank < other.rank }

  private var rank: Int { LogLevel.allCases.firstIndex(of: self) ?? 0 }
}

/// Where metrics are served.
package enum MetricsPlace: Sendable, Hashable {
  /// A Unix socket.
  case socket(path: String)
  /// A port of 127.0.0.1.
  case loopback(port: UInt16)
}
