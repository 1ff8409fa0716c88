// Gaps that were met, until somebody is told.

internal import ChannelModel

/// What is missing before the next message, oldest first.
struct OwedGaps {
  private(set) var notices: [GapNotice] = []

  private static let highestCount = 64

  mutating func note(_ gap: GapNotice) {
    // Nobody ever had these seqs: nothing is missing.
    guard gap.reason != .unused else { return }
    // Both the cursor of the journal before and the first record of the new one say it.
    guard gap.reason != .replaced || !notices.contains(gap) else { return }
    if notices.count == Self.highestCount, let former = notices.popLast() {
      notices.append(GapNotice(gap.reason, from: min(former.first, gap.first), through: max(former.last, gap.last)))
    } else {
      notices.append(gap)
    }
  }

  /// Takes back what turned out to be missing to others alone.
  mutating func forget(_ reason: GapNotice.Reason) {
    notices.removeAll { $0.reason == reason }
  }

  mutating func take() -> [GapNotice] {
    guard !notices.isEmpty else { return [] }
    defer { notices = [] }
    return notices
  }
}
