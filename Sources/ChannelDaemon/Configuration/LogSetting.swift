// What is written about the daemon's doings.

/// How the daemon's log is written.
package struct LogSetting: Sendable, Hashable {
  package enum Form: String, Sendable, Hashable, CaseIterable {
    /// Plain on a terminal, JSON elsewhere.
    case automatic
    case plain, json
  }

  package var form = Form.automatic
  package var level = LogLevel.info
  /// Levels of single parts of the daemon.
  package var parts: [LogPart: LogLevel] = [:]
  /// Whether payloads are written into it.
  package var showsPayloads = false

  package init() {}
}
