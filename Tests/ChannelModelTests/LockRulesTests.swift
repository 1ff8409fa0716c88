import TestSupport
import Testing

@testable import ChannelModel

@Suite struct LockRulesTests {
  static let holder = LockContents.Holder(boot: Golden.boot, processNamespace: 1, startTime: 2, token: 3)
  static let ours = LockContents(process: 42, holder: holder).encode()
  static let elsewhere = LockContents(
    process: 42,
    holder: LockContents.Holder(boot: UniqueID(high: 1, low: 1), processNamespace: 1, startTime: 2, token: 3)
  ).encode()
  static let newer = Array("42\ntransom 2 something else\n".utf8)
  static let peer = Array("42\n".utf8)

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var bytes = LockRulesTests.ours
    var isRegularFile = true
    var age = LockFacts.Age.past(.zero)
    var flockIsFree: Bool? = false
    var flockIsKernelWide = true
    let verdict: LockJudge.Verdict
  }

  static let cases = [
    Case(testDescription: "ours, held", verdict: .held(by: .transom(process: 42))),
    Case(
      testDescription: "ours, held by a stopped process for an hour",
      age: .past(.seconds(3_600)),
      verdict: .held(by: .transom(process: 42))
    ),
    Case(testDescription: "ours, flock free, just made", flockIsFree: true, verdict: .stale(.holderIsGone)),
    Case(
      testDescription: "ours, flock unknown, young",
      flockIsFree: nil,
      verdict: .held(by: .transom(process: 42))
    ),
    Case(
      testDescription: "ours, flock unknown, old",
      age: .past(.seconds(6)),
      flockIsFree: nil,
      verdict: .stale(.untouched)
    ),
    Case(
      testDescription: "ours, on a file system whose flock others do not see",
      flockIsFree: true,
      flockIsKernelWide: false,
      verdict: .held(by: .transom(process: 42))
    ),
    Case(
      testDescription: "of another boot, perhaps another machine's",
      bytes: elsewhere,
      flockIsFree: true,
      verdict: .held(by: .transom(process: 42))
    ),
    Case(
      testDescription: "of another boot, old",
      bytes: elsewhere,
      age: .past(.seconds(6)),
      flockIsFree: true,
      verdict: .stale(.untouched)
    ),
    Case(
      testDescription: "a newer version's",
      bytes: newer,
      flockIsFree: true,
      verdict: .held(by: .newerTransom(version: 2, process: 42))
    ),
    Case(
      testDescription: "a peer's, young, of a process that is no more",
      bytes: peer,
      age: .past(.seconds(5)),
      flockIsFree: true,
      verdict: .held(by: .peer(process: 42))
    ),
    Case(
      testDescription: "a peer's, old",
      bytes: peer,
      age: .past(.seconds(5) + .milliseconds(1)),
      flockIsFree: true,
      verdict: .stale(.untouched)
    ),
    Case(
      testDescription: "empty: a peer has just made it",
      bytes: [],
      flockIsFree: true,
      verdict: .held(by: .peer(process: nil))
    ),
    Case(
      testDescription: "from the future, never seen",
      bytes: peer,
      age: .future(seenFor: nil),
      verdict: .heldFromFuture(by: .peer(process: 42))
    ),
    Case(
      testDescription: "from the future, seen a while ago",
      bytes: peer,
      age: .future(seenFor: .seconds(4)),
      verdict: .held(by: .peer(process: 42))
    ),
    Case(
      testDescription: "from the future, seen long ago",
      bytes: peer,
      age: .future(seenFor: .seconds(6)),
      verdict: .stale(.untouched)
    ),
    Case(
      testDescription: "a directory",
      bytes: [],
      isRegularFile: false,
      age: .past(.seconds(100)),
      flockIsFree: nil,
      verdict: .obstructed
    ),
  ]

  @Test(arguments: cases) func judges(_ lock: Case) {
    let judge = LockJudge(boot: Golden.boot, flockIsKernelWide: lock.flockIsKernelWide)
    let facts = LockFacts(
      contents: LockContents(decoding: lock.bytes),
      isRegularFile: lock.isRegularFile,
      age: lock.age,
      flockIsFree: lock.flockIsFree
    )
    #expect(judge.judge(facts) == lock.verdict)
  }

  @Test func aHalfWrittenLockOfOursIsForeignAtEveryLength() {
    for count in 0..<Self.ours.count {
      #expect(LockContents(decoding: Array(Self.ours[..<count])).second == .foreign, "cut at \(count)")
    }
    #expect(LockContents(decoding: Self.ours).second == .ours(Self.holder))
  }

  @Test(arguments: [
    "1\ntransom 1\n", "1\ntransom 1 x 1 1 0000000000000003\n", "1\nTransom 1 a b c d\n", "1\ntransom one\n",
    "1\ntransom 0 x\n", "-1\n\n", "99999999999999999999\n\n",
    "1\ntransom 1 0b5e55ed-0011-4a2b-bccd-0123456789ab 1 2 3\n",
    "1\ntransom 1 0b5e55ed-0011-4a2b-bccd-0123456789ab +1 2 0000000000000003\n",
  ]) func whatIsNotOurFormIsForeign(_ text: String) {
    #expect(LockContents(decoding: Array(text.utf8)).second == .foreign)
  }

  static let released = Moment(nanoseconds: 100_000_000_000)

  static func pause(held: Duration, writerSeen: Duration?, after: Duration, boot: UniqueID = Golden.boot) -> Duration {
    ProjectLockRecord(
      boot: boot,
      released: released,
      held: held,
      writerSeen: writerSeen.map { Moment(nanoseconds: released.nanoseconds - $0.wholeNanoseconds) },
      confirmed: 0
    ).pause(at: released.advanced(by: after), boot: Golden.boot)
  }

  @Test func theLockStaysFreeAsLongAsItWasHeldWhileAPeerMayWait() {
    #expect(Self.pause(held: .microseconds(100), writerSeen: nil, after: .zero) == .zero)
    #expect(Self.pause(held: .microseconds(100), writerSeen: .zero, after: .zero) == .microseconds(100))
    #expect(Self.pause(held: .microseconds(100), writerSeen: .zero, after: .microseconds(40)) == .microseconds(60))
    #expect(Self.pause(held: .microseconds(1), writerSeen: .zero, after: .zero) == .microseconds(30))
    #expect(Self.pause(held: .microseconds(100), writerSeen: .zero, after: .microseconds(100)) == .zero)
    #expect(Self.pause(held: .microseconds(100), writerSeen: .seconds(11), after: .zero) == .zero)
  }

  @Test func aForgedRecordHardlyHoldsAnybodyUp() {
    #expect(Self.pause(held: .seconds(3_600), writerSeen: .zero, after: .zero) == .milliseconds(50))
    #expect(Self.pause(held: .seconds(1), writerSeen: .zero, after: .zero, boot: UniqueID(high: 1, low: 1)) == .zero)
    let ahead = ProjectLockRecord(
      boot: Golden.boot,
      released: Moment(nanoseconds: .max),
      held: .seconds(1),
      writerSeen: Moment(nanoseconds: 5),
      confirmed: 0
    )
    #expect(ahead.pause(at: Moment(nanoseconds: 6), boot: Golden.boot) == .zero)
  }

  @Test func pausesGrowToTheirLimitAndThenRest() {
    var backoff = Backoff.windowLock
    let pauses = (0..<60).map { _ in backoff.next(jitter: 0) }
    #expect(pauses[..<4].allSatisfy { $0 == .zero })
    #expect(Array(pauses[4..<10]) == [20, 40, 80, 160, 320, 640].map { Duration.microseconds($0) })
    #expect(pauses[10..<40].allSatisfy { $0 == .milliseconds(1) })
    #expect(pauses[40...].allSatisfy { $0 == .milliseconds(5) })
  }

  @Test func jitterTakesAtMostAQuarter() {
    for jitter in [0, 1, 12_345, UInt64.max] {
      var backoff = Backoff(first: .milliseconds(1), longest: .milliseconds(1))
      let pause = backoff.next(jitter: jitter)
      #expect(pause <= .milliseconds(1) && pause > .microseconds(749))
    }
  }
}
