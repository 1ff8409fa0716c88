// How old something is by its own time, which anybody can set.

internal import ChannelMessages
internal import LinuxIO

/// The distance from a file's time to now.
package enum FileAge: Hashable, Sendable {
  case past(Duration)
  /// Its time lies ahead of the clock.
  case ahead(Duration)

  init(of time: FileTime, at now: FileTime) {
    if let age = time.age(at: now) { self = .past(age) } else { self = .ahead(now.age(at: time) ?? .zero) }
  }

  /// Milliseconds, below zero for what lies ahead.
  var milliseconds: Int64 {
    switch self {
    case .past(let duration): duration.milliseconds
    case .ahead(let duration): -duration.milliseconds
    }
  }

  /// What stands behind "written": `2 s ago`.
  var text: String {
    switch self {
    case .past(let duration): "\(DurationText.text(duration)) ago"
    case .ahead(let duration): "at a time \(DurationText.text(duration)) ahead of the clock"
    }
  }
}
