import TestSupport
import Testing

@testable import ChannelModel

@Suite struct ReaderProgressTests {
  private let now = Moment(nanoseconds: 1_000)

  private func deliver(_ progress: inout ReaderProgress, _ range: ClosedRange<UInt64>) -> [ReaderProgress.Meeting] {
    range.map { progress.meet(SequenceNumber($0), at: now) }
  }

  @Test func deliversInOrderAndWaitsAtASpan() {
    var progress = ReaderProgress(Cursor())
    #expect(deliver(&progress, 1...4_096).allSatisfy { $0 == .deliver(isRedelivered: false) })
    #expect(progress.meet(SequenceNumber(4_097), at: now) == .waitForAcknowledgement)
    #expect(progress.acknowledge(SequenceNumber(2), at: now) == .accepted)
    #expect(progress.meet(SequenceNumber(4_097), at: now) == .waitForAcknowledgement)
    #expect(progress.acknowledge(SequenceNumber(1), at: now) == .accepted)
    #expect(progress.acknowledge(SequenceNumber(1), at: now) == .repeated)
    #expect(progress.acknowledge(SequenceNumber(4_097), at: now) == .unknown)
    #expect(progress.meet(SequenceNumber(4_097), at: now) == .deliver(isRedelivered: false))
  }

  @Test func passesWhatIsMissingWithoutAnAcknowledgement() {
    var progress = ReaderProgress(Cursor())
    #expect(progress.meet(SequenceNumber(90_000), at: now) == .save, "nothing is far ahead of the written cursor")
    progress.wasSaved()
    #expect(progress.meet(SequenceNumber(90_000), at: now) == .deliver(isRedelivered: false))
    #expect(progress.cursor.through == SequenceNumber(89_999))
    #expect(progress.pass(SequenceNumber(200_000), at: now) == false, "with one open it lies too far on")
    #expect(progress.meet(SequenceNumber(90_003), at: now) == .deliver(isRedelivered: false))
    #expect(progress.pass(SequenceNumber(90_005), at: now) == true)
    #expect(progress.acknowledge(SequenceNumber(90_003), at: now) == .accepted)
    #expect(progress.acknowledge(SequenceNumber(90_000), at: now) == .accepted)
    #expect(progress.cursor.through == SequenceNumber(90_005) && progress.isComplete)
  }

  @Test func leavesOutWhatWasAcknowledgedBefore() {
    var cursor = Cursor(through: SequenceNumber(4))
    _ = cursor.acknowledge(SequenceNumber(6))
    var progress = ReaderProgress(cursor, mayRepeat: true)
    #expect(deliver(&progress, 5...7) == [.deliver(isRedelivered: true), .isDone, .deliver(isRedelivered: true)])
    #expect(progress.acknowledge(SequenceNumber(5), at: now) == .accepted)
    #expect(progress.cursor.through == SequenceNumber(6))
  }

  @Test func marksNoMoreThanACrashCanRepeat() {
    var progress = ReaderProgress(Cursor(), mayRepeat: true)
    var marked = 0
    for number in 1...20_000 as ClosedRange<UInt64> {
      if progress.meet(SequenceNumber(number), at: now) == .deliver(isRedelivered: true) { marked += 1 }
      _ = progress.acknowledge(SequenceNumber(number), at: now)
      if progress.isSavingDue { progress.wasSaved() }
    }
    #expect(marked == 2 * Cursor.span)
  }

  @Test func stopsWhereTheCursorCannotBeWritten() {
    var progress = ReaderProgress(Cursor())
    for number in 1...8_192 as ClosedRange<UInt64> {
      #expect(progress.meet(SequenceNumber(number), at: now) == .deliver(isRedelivered: false))
      _ = progress.acknowledge(SequenceNumber(number), at: now)
    }
    #expect(progress.meet(SequenceNumber(8_193), at: now) == .save)
    #expect(progress.position == SequenceNumber(8_192))
    progress.wasSaved()
    #expect(progress.meet(SequenceNumber(8_193), at: now) == .deliver(isRedelivered: false))
  }

  @Test func isWrittenTogetherOrEachAtOnce() {
    var each = ReaderProgress(Cursor(), saving: .each)
    var together = ReaderProgress(Cursor(), saving: .together(count: 3, time: .milliseconds(10)))
    for number in 1...3 as ClosedRange<UInt64> {
      _ = each.meet(SequenceNumber(number), at: now)
      _ = together.meet(SequenceNumber(number), at: now)
    }
    #expect(!each.isSavingDue && !together.isSavingDue && together.savesAt == nil)
    _ = each.acknowledge(SequenceNumber(1), at: now)
    _ = together.acknowledge(SequenceNumber(1), at: now)
    #expect(each.isSavingDue && !together.isSavingDue && together.isUnwritten)
    #expect(together.savesAt == now.advanced(by: .milliseconds(10)))
    #expect(!together.needsSaving(at: now))
    #expect(together.needsSaving(at: now.advanced(by: .milliseconds(10))))
    _ = together.acknowledge(SequenceNumber(3), at: now.advanced(by: .milliseconds(1)))
    _ = together.acknowledge(SequenceNumber(2), at: now)
    #expect(together.isSavingDue)
    together.wasSaved()
    #expect(!together.isSavingDue && together.savesAt == nil && !together.isUnwritten)
  }

  @Test func aCopyOfWhatWasPassedComesAfterAll() {
    var progress = ReaderProgress(Cursor())
    #expect(progress.meet(SequenceNumber(3), at: now) == .deliver(isRedelivered: false))
    #expect(progress.meet(SequenceNumber(2), at: now) == .deliver(isRedelivered: false))
    #expect(progress.acknowledge(SequenceNumber(2), at: now) == .repeated)
  }
}
