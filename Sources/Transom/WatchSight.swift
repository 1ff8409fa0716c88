// How a channel is noticed.

/// By what a change to a channel comes to be noticed, and why, in words for a person.
package enum WatchSight: Hashable, Sendable {
  /// The kernel tells of every change.
  case inotify
  /// The kernel tells of changes made through it, and others are found by looking.
  case both(because: String)
  /// Changes are found by looking alone.
  case polling(because: String)

  /// Whether changes are looked for.
  var polls: Bool { self != .inotify }

  /// The lesser of two.
  static func worse(_ left: WatchSight, _ right: WatchSight) -> WatchSight {
    switch (left, right) {
    case (.polling, _), (_, .inotify): left
    case (_, .polling), (.inotify, _): right
    case (.both, .both): left
    }
  }
}

extension WatchSight: CustomStringConvertible {
  package var description: String {
    switch self {
    case .inotify: "inotify"
    case .both(let reason): "inotify and polling (\(reason))"
    case .polling(let reason): "polling (\(reason))"
    }
  }
}
