import ChannelMessages
import ChannelModel
import TestSupport
import Testing

/// What a monitor delivers, whoever comes first.
@Suite("A monitor's view") struct MonitorViewTests {
  private static let key = ChannelKey(random: (0..<48).map(UInt8.init))

  /// A message by its number; equal numbers are equal messages.
  private static func traits(_ number: Int) -> ForeignTraits {
    ForeignTraits(id: Array("\(number)".utf8), timestamp: 7, kind: .event, replyTo: nil, method: nil)
  }

  private static func identities(_ window: [Int]) -> [ElementIdentity?] {
    var equals: [Int: Int] = [:]
    return window.map { number in
      defer { equals[number, default: 0] += 1 }
      return .foreign(key.memory(of: traits(number), place: equals[number, default: 0]))
    }
  }

  private static func take(_ window: [Int], _ view: inout MonitorView) -> [Int] {
    let content = identities(window)
    let plan = view.plan(content, last: .none, mayHoldLostRecords: false)
    view.take(plan, of: content)
    return plan.items.map { window[$0.place] }
  }

  /// Those records of the journal that are new.
  private static func read(_ journal: [Int], _ view: inout MonitorView) -> [Int] {
    journal.filter { view.meet(traits($0), key) == .new }
  }

  @Test func whatWasDeliveredFromTheWindowIsNotNewInTheJournalNorTheOtherWayRound() {
    var view = MonitorView()
    view.began(with: Self.identities([1]))
    let shown1 = Self.take([1, 2, 3], &view)
    #expect(shown1 == [2, 3])
    let read = Self.read([1, 2, 3, 4], &view)
    #expect(read == [4])
    let shown2 = Self.take([1, 2, 3, 4, 5], &view)
    #expect(shown2 == [5])
  }

  @Test func equalOnesAreToldApartByHowManyThereAre() {
    var view = MonitorView()
    view.began(with: [])
    let shown1 = Self.take([1, 1], &view)
    #expect(shown1 == [1, 1])
    let read = Self.read([1, 1, 1], &view)
    #expect(read == [1])
    let shown2 = Self.take([1, 1, 1], &view)
    #expect(shown2.isEmpty)
    let shown3 = Self.take([1, 1, 1, 1], &view)
    #expect(shown3 == [1])
  }

  @Test func whatStaysInTheWindowStaysRemembered() {
    var view = MonitorView(room: 4)
    view.began(with: Self.identities([0]))
    for number in 1..<100 {
      let shown = Self.take([0, number], &view)
      #expect(shown == [number])
    }
  }

  @Test func whatTheJournalLostIsDeliveredOnce() {
    var view = MonitorView()
    view.began(with: [])
    let window: [ElementIdentity?] = [.own(SequenceNumber(5)), .own(SequenceNumber(6))]
    let plan = view.plan(window, last: SequenceNumber(5), mayHoldLostRecords: true)
    #expect(plan.items.map(\.kind) == [.recovered])
    view.take(plan, of: window)
    let again = view.plan(window, last: SequenceNumber(5), mayHoldLostRecords: true)
    #expect(again.items.isEmpty)
    #expect(view.meet(SequenceNumber(6)) == .shown(.own(SequenceNumber(6))))
    #expect(view.meet(SequenceNumber(7)) == .new)
  }

  /// A 1.0 program writes, an importer takes in and a monitor looks, in any order; at the end the monitor has had each
  /// message that came after it once, if it was in any window that somebody saw.
  @Test(arguments: 0..<200) func inAnyOrderEachComesOnce(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var memory = ImportedIDs(journal: UniqueID(high: 1, low: 1), hashCount: 1_000)
    var journal: [Int] = []
    var window: [Int] = []
    var sent: [Int: Int] = [:]
    var next = 0
    func write() {
      // Now and then one that is equal to the newest.
      let number = next > 0 && Int.random(in: 0..<5, using: &generator) == 0 ? next - 1 : next
      next = max(next, number + 1)
      sent[number, default: 0] += 1
      window = (window + [number]).suffix(90)
    }
    func takeIn() {
      let identities = Self.identities(window)
      var hashes: [UInt64] = []
      for case (let place, .foreign(let hash)?) in identities.enumerated() where !memory.contains(hash) {
        journal.append(window[place])
        hashes.append(hash)
      }
      _ = memory.remember(hashes, through: SequenceNumber(UInt64(journal.count)))
    }
    for _ in 0..<Int.random(in: 0..<30, using: &generator) {
      if Bool.random(using: &generator) { write() } else { takeIn() }
    }
    var view = MonitorView(imported: memory)
    var place = journal.count
    view.began(with: Self.identities(window))
    sent = [:]
    var got: [Int: Int] = [:]
    func readJournal() {
      while place < journal.count {
        if view.meet(Self.traits(journal[place]), Self.key) == .new { got[journal[place], default: 0] += 1 }
        place += 1
      }
    }
    for _ in 0..<60 {
      switch Int.random(in: 0..<5, using: &generator) {
      case 0, 1: write()
      case 2: takeIn()
      case 3: readJournal()
      default: for number in Self.take(window, &view) { got[number, default: 0] += 1 }
      }
    }
    takeIn()
    readJournal()
    for number in Self.take(window, &view) { got[number, default: 0] += 1 }
    #expect(got == sent, "seed \(seed)")
  }
}

@Suite("A monitor's patience") struct MonitorPatienceTests {
  private static func state(_ inode: UInt64) -> FileState {
    FileState(device: 1, inode: inode, size: 2, seconds: 3, nanoseconds: 4)
  }

  private static func facts(
    of window: UInt64?,
    _ checksum: UInt32,
    confirmed: UInt32?,
    is found: UInt64,
    after: UInt32? = nil
  ) -> MonitorPatience.Facts {
    let boot = UniqueID(high: 1, low: 1)
    let projected = window.map { inode in
      Projected(
        journal: boot,
        boot: boot,
        through: .none,
        shown: .none,
        floor: .none,
        newestTimestamp: 0,
        place: JournalPlace(segment: .none, end: 0),
        window: state(inode)
      )
    }
    return MonitorPatience.Facts(
      projected: projected,
      checksum: checksum,
      confirmed: confirmed,
      window: state(found),
      checksumAfter: after ?? checksum
    )
  }

  private static let start = Moment(nanoseconds: 1_000_000_000)

  private static func verdicts(
    _ looks: (after: Duration, facts: MonitorPatience.Facts)...
  ) -> [MonitorPatience.Verdict] {
    var patience = MonitorPatience()
    return looks.map { patience.judge($0.facts, at: start.advanced(by: $0.after)) }
  }

  @Test func opensWhatNobodyOfOursHasPublished() {
    let verdicts = Self.verdicts(
      (.zero, Self.facts(of: nil, 0, confirmed: nil, is: 9)),
      (.zero, Self.facts(of: 8, 1, confirmed: 1, is: 9)),
      (.zero, Self.facts(of: 9, 1, confirmed: nil, is: 9))
    )
    #expect(verdicts == [.foreign, .foreign, .known])
  }

  @Test func waitsForWhoIsAboutToPublishButNotForEver() {
    // The next intent is another's.
    let next = Self.facts(of: 10, 3, confirmed: 2, is: 8)
    let verdicts = Self.verdicts(
      (.zero, Self.facts(of: 8, 2, confirmed: 1, is: 7)),
      (.milliseconds(90), next),
      (.milliseconds(140), next),
      (.milliseconds(90) + MonitorPatience.longest, next)
    )
    let wait = MonitorPatience.Verdict.wait(MonitorPatience.pause)
    #expect(verdicts == [wait, wait, wait, .foreign])
  }

  @Test func doesNotTakeWhatWasPublishedMeanwhileForForeign() {
    let verdicts = Self.verdicts((.zero, Self.facts(of: 8, 2, confirmed: 2, is: 9, after: 3)))
    #expect(verdicts == [.wait(MonitorPatience.pause)])
  }

  @Test func readsInTheEndHoweverOftenSomebodyBeginsAnew() {
    var patience = MonitorPatience()
    let verdicts = (0...60).map { number in
      let facts = Self.facts(of: 8, UInt32(number), confirmed: nil, is: 7)
      return patience.judge(facts, at: Self.start.advanced(by: .milliseconds(20 * number)))
    }
    let first = verdicts.firstIndex(of: .foreign)
    #expect(first == 50, "a second has passed")
    #expect(verdicts.count { $0 == .foreign } == 1, "then it waits again")
  }
}
