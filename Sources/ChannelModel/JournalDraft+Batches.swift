// Many drafts in pieces that a journal takes.

extension JournalDraft {
  /// The drafts in batches as large as they may be, in their order.
  package static func batches(of drafts: [JournalDraft]) -> [[JournalDraft]] {
    var batches: [[JournalDraft]] = []
    var byteCount = 0
    for draft in drafts {
      let isFull =
        batches.last.map {
          $0.count == BatchScan.highestMessageCount || byteCount + draft.byteCount > BatchScan.highestBatchByteCount
        } ?? true
      if isFull {
        batches.append([])
        byteCount = 0
      }
      batches[batches.count - 1].append(draft)
      byteCount += draft.byteCount
    }
    return batches
  }
}
