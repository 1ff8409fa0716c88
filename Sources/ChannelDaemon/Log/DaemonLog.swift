// What the daemon says.

package import ChannelModel
package import LinuxIO
internal import Synchronization

/// Makes log lines, as far as the setting asks for them, and has them written by a thread that may wait for readers.
package final class DaemonLog: Sendable {
  private struct State {
    var setting: LogSetting
    var isJSON: Bool
  }

  private let state: Mutex<State>
  private let isTerminal: Bool
  private let clock: @Sendable () -> WallTime
  private let writer: LineWriter

  /// Whoever ends is to wait for its readers no longer.
  private static let patienceAtEnd = Duration.seconds(1)

  package init(
    _ setting: LogSetting,
    isTerminal: Bool,
    clock: @escaping @Sendable () -> WallTime,
    write: @escaping @Sendable (String) -> Void
  ) throws(SystemError) {
    self.isTerminal = isTerminal
    self.clock = clock
    let state = State(setting: setting, isJSON: Self.isJSON(setting, isTerminal))
    self.state = Mutex(state)
    writer = try LineWriter(
      lostLine: { count in
        let line = LogLine(
          clock(),
          .warning,
          .daemon,
          "lines of this log were lost",
          [.init("lines", Int64(clamping: count))]
        )
        return Self.text(of: line, isJSON: state.isJSON)
      },
      write: write
    )
  }

  private static func isJSON(_ setting: LogSetting, _ isTerminal: Bool) -> Bool {
    switch setting.form {
    case .automatic: !isTerminal
    case .plain: false
    case .json: true
    }
  }

  private static func text(of line: LogLine, isJSON: Bool) -> String { (isJSON ? line.json : line.plain) + "\n" }

  /// Goes by another setting from here on.
  package func change(to setting: LogSetting) {
    state.withLock { $0 = State(setting: setting, isJSON: Self.isJSON(setting, isTerminal)) }
  }

  /// Lines that nobody has read in time.
  package var lostLineCount: UInt64 { writer.lostCount }

  package func say(
    _ level: LogLevel,
    _ part: LogPart,
    _ text: @autoclosure () -> String,
    _ fields: @autoclosure () -> [LogLine.Field] = []
  ) {
    let isJSON: Bool? = state.withLock { state in
      level >= state.setting.parts[part] ?? state.setting.level ? state.isJSON : nil
    }
    guard let isJSON else { return }
    writer.add(Self.text(of: LogLine(clock(), level, part, text(), fields()), isJSON: isJSON))
  }

  /// Writes what there is, as far as somebody reads it.
  package func finish() {
    writer.finish(within: Self.patienceAtEnd)
  }
}
