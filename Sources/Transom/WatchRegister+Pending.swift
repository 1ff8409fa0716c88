// What is still to be told.

internal import ChannelModel

extension WatchRegister {
  /// What a channel is still to be told.
  struct Pending: OptionSet {
    let rawValue: UInt16
    static let directory = Pending(rawValue: 1)
    static let everything = Pending(rawValue: 2)
    static let entries = Pending(rawValue: 1_024)

    static func journal(_ direction: Direction) -> Pending { Pending(rawValue: 4 << direction.rawValue) }
    static func segments(_ direction: Direction) -> Pending { Pending(rawValue: 16 << direction.rawValue) }
    static func window(_ direction: Direction) -> Pending { Pending(rawValue: 64 << direction.rawValue) }
    static func opened(_ direction: Direction) -> Pending { Pending(rawValue: 256 << direction.rawValue) }

    private static let windows = Pending(Direction.allCases.flatMap { [window($0), opened($0)] })

    /// The journal's direction when there is nothing else to tell; what is sent is seen in windows as well.
    var onlyJournal: Direction? {
      let journals = subtracting(Self.windows)
      return Direction.allCases.first { journals.isSubset(of: [.journal($0), .segments($0)]) && !journals.isEmpty }
    }

    var changes: [WatchChange] {
      var changes: [WatchChange] = contains(.directory) ? [.directory] : []
      if contains(.everything) { return changes + [.everything] }
      if contains(.entries) { changes.append(.entries) }
      for direction in Direction.allCases {
        if contains(.segments(direction)) {
          changes.append(.segments(direction))
        } else if contains(.journal(direction)) {
          changes.append(.journal(direction))
        }
        if contains(.opened(direction)) { changes.append(.windowOpened(direction)) }
        if contains(.window(direction)) { changes.append(.window(direction)) }
      }
      return changes
    }
  }
}
