// What a reader is told when messages are missing.

internal import ChannelModel

/// Messages that a reader will not get, and why: nothing is lost in silence.
public struct Gap: Sendable, Hashable {
  /// Why they are missing.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// They were sent before a power loss and did not survive it.
    case restart
    /// A 1.0 program wrote faster than its window holds; how many were lost is not known.
    case windowOverrun
    /// Files of the channel were damaged where they stood.
    case damage
    /// The channel or its journal was replaced by another; reading goes on with what that one holds.
    case replaced
    /// They were removed before this reader came to them.
    case dropped
  }

  /// Why they are missing.
  public let reason: Reason
  /// The numbers of the missing messages; nil where that is not known.
  public let numbers: ClosedRange<UInt64>?

  /// The channel was replaced by another.
  static let replaced = Gap(reason: .replaced)

  private init(reason: Reason) {
    self.reason = reason
    numbers = nil
  }

  /// The notice as a reader's user meets it; nil for one that says that nothing is missing.
  init?(_ notice: GapNotice) {
    switch notice.reason {
    case .restart: reason = .restart
    case .windowOverrun: reason = .windowOverrun
    case .damage: reason = .damage
    case .replaced: reason = .replaced
    case .dropped: reason = .dropped
    case .unused: return nil
    }
    // A restart that found everything in its place misses nothing.
    if notice.reason == .restart, notice.first == .none { return nil }
    numbers = notice.first == .none ? nil : notice.first.rawValue...notice.last.rawValue
  }
}

extension Gap: CustomStringConvertible {
  /// Which messages, and why, in plain words.
  public var description: String {
    let which = numbers.map { numbers in
      numbers.count == 1
        ? "message \(numbers.lowerBound) is" : "messages \(numbers.lowerBound) to \(numbers.upperBound) are"
    }
    return "\(which ?? "messages may be") missing: \(reason.words)"
  }
}

extension Gap.Reason {
  fileprivate var words: String {
    switch self {
    case .restart: "they did not survive a power loss"
    case .windowOverrun: "a 1.0 program wrote more than its window holds"
    case .damage: "the journal was damaged"
    case .replaced: "the channel was replaced"
    case .dropped: "they were removed before they were read"
    }
  }
}
