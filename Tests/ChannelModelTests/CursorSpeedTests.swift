import TestSupport
import Testing

@testable import ChannelModel

@Suite(.serialized) struct CursorSpeedTests {
  /// Tens of nanoseconds, or a reader could not keep up with its journal.
  @Test func anAcknowledgementInOrderCostsNextToNothing() {
    #if DEBUG
      let count: UInt64 = 10_000
    #else
      let count: UInt64 = 5_000_000
    #endif
    let clock = ContinuousClock()
    let now = Moment(nanoseconds: 1)
    var progress = ReaderProgress(Cursor())
    let inOrder = clock.measure {
      for number in 1...count {
        _ = progress.meet(SequenceNumber(number), at: now)
        _ = progress.acknowledge(SequenceNumber(number), at: now)
        if progress.isSavingDue { progress.wasSaved() }
      }
    }
    #expect(progress.cursor.through == SequenceNumber(count))
    var cursor = Cursor()
    let inPairs = clock.measure {
      for number in stride(from: 1, through: count - 1, by: 2) {
        _ = cursor.acknowledge(SequenceNumber(number + 1))
        _ = cursor.acknowledge(SequenceNumber(number))
      }
    }
    #expect(cursor.through == SequenceNumber(count))
    let each = (inOrder / Int(count), inPairs / Int(count))
    print("acknowledgement: in order \(each.0), the later of two first \(each.1)")
    #if !DEBUG
      #expect(each.0 < .nanoseconds(200) && each.1 < .nanoseconds(200))
    #endif
  }
}
