// What is asked of a watched channel directory.

/// What somebody wants to know of a channel's windows; each costs wake-ups.
package struct WatchInterest: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// That a window was written: by 1.0 programs, and by each send of ours.
  package static let writes = WatchInterest(rawValue: 1)
  /// That somebody opened one: mostly a 1.0 program that polls.
  package static let opens = WatchInterest(rawValue: 2)
}
