// What the daemon says.

package import ChannelModel
internal import Synchronization

/// Writes log lines, one call a line, as far as the setting asks for them.
package final class DaemonLog: Sendable {
  private struct State {
    var setting: LogSetting
    var isJSON: Bool
  }

  private let state: Mutex<State>
  private let isTerminal: Bool
  private let clock: @Sendable () -> WallTime
  private let write: @Sendable (String) -> Void

  package init(
    _ setting: LogSetting,
    isTerminal: Bool,
    clock: @escaping @Sendable () -> WallTime,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.clock = clock
    self.write = write
    state = Mutex(State(setting: setting, isJSON: Self.isJSON(setting, isTerminal)))
  }

  private static func isJSON(_ setting: LogSetting, _ isTerminal: Bool) -> Bool {
    switch setting.form {
    case .automatic: !isTerminal
    case .plain: false
    case .json: true
    }
  }

  /// Goes by another setting from here on.
  package func change(to setting: LogSetting) {
    state.withLock { $0 = State(setting: setting, isJSON: Self.isJSON(setting, isTerminal)) }
  }

  /// Whether payloads may be written into it.
  package var showsPayloads: Bool { state.withLock { $0.setting.showsPayloads } }

  package func say(
    _ level: LogLevel,
    _ part: LogPart,
    _ text: @autoclosure () -> String,
    _ fields: @autoclosure () -> [LogLine.Field] = []
  ) {
    let isJSON: Bool? = state.withLock { state in
      level >= state.setting.parts[part.rawValue] ?? state.setting.level ? state.isJSON : nil
    }
    guard let isJSON else { return }
    let line = LogLine(clock(), level, part, text(), fields())
    write((isJSON ? line.json : line.plain) + "\n")
  }
}
