import TestSupport
import Testing

@testable import ChannelModel

@Suite struct ImportTests {
  static func knowledge(
    remembering: Set<UInt64> = [],
    last: UInt64 = 10,
    previous: [ElementIdentity]? = nil,
    answersForBefore: Bool = false,
    afterPowerLoss: Bool = false
  ) -> Import.Knowledge {
    Import.Knowledge(
      remembers: remembering.contains,
      last: SequenceNumber(last),
      previous: previous,
      answersForBefore: answersForBefore,
      mayHoldLostRecords: afterPowerLoss
    )
  }

  @Test func takesWhatIsNeitherOursNorRemembered() {
    let plan = Import(
      of: [.foreign(1), .own(SequenceNumber(3)), .foreign(2)],
      knowing: Self.knowledge(remembering: [1])
    )
    #expect(plan.items == [Import.Item(place: 2, kind: .foreign)])
    #expect(plan.gap == nil)
  }

  @Test func whatIsNoMessageIsSetAsideAlone() {
    let plan = Import(of: [nil, .foreign(2), nil], knowing: Self.knowledge())
    #expect(plan.items == [Import.Item(place: 1, kind: .foreign)])
    #expect(plan.unreadable == [0, 2])
  }

  @Test func aSeqBeyondTheTailIsRecoveredOnlyAfterPowerLoss() {
    let content: [ElementIdentity] = [.own(SequenceNumber(11))]
    #expect(Import(of: content, knowing: Self.knowledge()).items.isEmpty)
    #expect(
      Import(of: content, knowing: Self.knowledge(afterPowerLoss: true)).items
        == [Import.Item(place: 0, kind: .recovered)]
    )
  }

  @Test func aFullWindowThatSharesNothingIsAGap() {
    let full = (0..<100).map { ElementIdentity.foreign(UInt64($0)) }
    #expect(Import(of: full, knowing: Self.knowledge(previous: [.foreign(500)])).gap == GapNotice(.windowOverrun))
    #expect(Import(of: full, knowing: Self.knowledge(previous: [.foreign(5)])).gap == nil)
    #expect(Import(of: full, knowing: Self.knowledge(previous: [])).gap != nil, "more may have been written at once")
    #expect(Import(of: full, knowing: Self.knowledge()).gap == nil, "what was before anybody came is nobody's loss")
    #expect(Import(of: full, knowing: Self.knowledge(answersForBefore: true)).gap != nil, "since then, who knows")
    let withOthers: [ElementIdentity?] = full.dropLast(1) + [nil]
    #expect(
      Import(of: withOthers, knowing: Self.knowledge(previous: [.foreign(500)])).gap == GapNotice(.windowOverrun)
    )
    let withOurs: [ElementIdentity?] = full.dropLast(1) + [.own(SequenceNumber(3))]
    #expect(Import(of: withOurs, knowing: Self.knowledge(previous: [.foreign(500)])).gap == nil)
    #expect(Import(of: full, knowing: Self.knowledge(remembering: [7], previous: [.foreign(500)])).gap == nil)
    #expect(Import(of: Array(full.dropLast()), knowing: Self.knowledge(previous: [.foreign(500)])).gap == nil)
  }
}
