import ChannelMessages
import ChannelModel
import LinuxIO
import TestSupport
import Testing
import Transom

@testable import ChannelLedger

@Suite(.timeLimit(.minutes(2))) struct RequestLedgerTests {
  private func withScene(_ body: (LedgerScene) throws -> Void) throws {
    try withScratchDirectory { try body(LedgerScene($0)) }
  }

  @Test func aRequestIsFreshOnceThenRunsThenHasItsOutcome() throws {
    try withScene { scene in
      let ledger = try scene.open()
      guard case .fresh(let run) = try ledger.begin("a", scene) else { throw NotFresh() }
      #expect(try ledger.begin("a", scene) == .running)
      ledger.requests.settle(run, .json(#"{"n":1}"#), now: scene.now)
      // Before and after it is written.
      let key = ledger.requests.scope(of: "/c", .frontendToBackend).key(of: "a")
      #expect(try ledger.requests.begin(key, handler: "h", now: scene.now) == .settled(.json(#"{"n":1}"#)))
      try ledger.commit()
      #expect(try ledger.begin("a", scene) == .settled(.json(#"{"n":1}"#)))
    }
  }

  @Test func whatIsToldOutlivesTheLedger() throws {
    try withScene { scene in
      try scene.open().serve("result", .json("[1,2]"), scene)
      try scene.open().serve("error", .error("no such thing: \u{0} ☂ 🜚"), scene)
      try scene.open().serve("nothing", .error(""), scene)
      _ = try scene.open().begin("running", scene)
      _ = try scene.open().begin("repeatable", isRepeatable: true, scene)
      let ledger = try scene.open()
      #expect(try ledger.begin("result", scene) == .settled(.json("[1,2]")))
      #expect(try ledger.begin("error", scene) == .settled(.error("no such thing: \u{0} ☂ 🜚")))
      #expect(try ledger.begin("nothing", scene) == .settled(.error("")))
      #expect(try ledger.begin("running", scene) == .interrupted)
      #expect(try ledger.begin("repeatable", scene).isFresh)
    }
  }

  @Test func oneThatWasInterruptedStaysSo() throws {
    try withScene { scene in
      _ = try scene.open().begin("a", scene)
      _ = try scene.open()
      #expect(try scene.open().begin("a", isRepeatable: true, scene) == .interrupted)
    }
  }

  @Test func whatWasNotCommittedIsForgottenWithTheProcess() throws {
    try withScene { scene in
      do {
        let ledger = try scene.open()
        let key = ledger.requests.scope(of: "/c", .frontendToBackend).key(of: "a")
        _ = try ledger.requests.begin(key, handler: "h", now: scene.now)
      }
      #expect(try scene.open().begin("a", scene).isFresh)
    }
  }

  @Test func idsOfOtherChannelsAndDirectionsAreOthers() throws {
    try withScene { scene in
      let requests = try scene.open().requests
      let scopes = [("/c", Direction.frontendToBackend), ("/c", .backendToFrontend), ("/", .frontendToBackend)].map {
        requests.scope(of: $0.0, $0.1)
      }
      let ids = ["", "a", "A", "a\u{0}", "\u{0}a", "é", "e\u{301}", "ca", String(repeating: "long ", count: 99_999)]
      let keys = scopes.flatMap { scope in ids.map { scope.key(of: $0) } }
      #expect(Set(keys).count == scopes.count * ids.count)
      for key in keys { #expect(try requests.begin(key, handler: "h", now: scene.now).isFresh) }
      for key in keys { #expect(try requests.begin(key, handler: "h", now: scene.now) == .running) }
    }
  }

  @Test func keysAreTheSameAfterOpeningAndOthersInAnotherLedger() throws {
    try withScratchDirectory { scratch in
      let scene = LedgerScene(scratch)
      let first = try scene.open().requests.scope(of: "/c", .frontendToBackend).key(of: "a")
      #expect(try scene.open().requests.scope(of: "/c", .frontendToBackend).key(of: "a") == first)
      let other = try Ledger(at: scratch + "/other", now: scene.now)
      #expect(other.requests.scope(of: "/c", .frontendToBackend).key(of: "a") != first)
    }
  }

  @Test func aRunIsSettledOnce() throws {
    try withScene { scene in
      let ledger = try scene.open()
      guard case .fresh(let run) = try ledger.begin("a", scene) else { throw NotFresh() }
      ledger.requests.settle(run, .json("1"), now: scene.now)
      ledger.requests.settle(run, .json("2"), now: scene.now)
      try ledger.commit()
      ledger.requests.settle(run, .json("3"), now: scene.now)
      try ledger.commit()
      #expect(try ledger.begin("a", scene) == .settled(.json("1")))
    }
  }

  @Test func anOutcomeOfTenMegabytesIsKept() throws {
    try withScene { scene in
      let outcome = RequestOutcome.json("\"" + String(repeating: "é", count: 5 << 20) + "\"")
      try scene.open().serve("a", outcome, scene)
      #expect(try scene.open().begin("a", scene) == .settled(outcome))
    }
  }

  // MARK: Expiry

  /// Tends until there is nothing more to do; tells in how many turns.
  private func tend(_ ledger: Ledger, _ scene: LedgerScene) throws -> Int {
    for turn in 1...1_000 where try !ledger.tend(now: scene.now) { return turn }
    return .max
  }

  @Test func outcomesExpireByAgeAFewAtATime() throws {
    try withScene { scene in
      scene.options.requestAge = .seconds(60)
      let ledger = try scene.open()
      for number in 0..<300 { try ledger.serve("old \(number)", .json("true"), scene) }
      scene.pass(.seconds(59))
      #expect(try tend(ledger, scene) == 1)
      #expect(ledger.requests.count == 300)
      try ledger.serve("new", .json("true"), scene)
      scene.pass(.seconds(1))
      #expect(try ledger.tend(now: scene.now))
      #expect(ledger.requests.count == 301 - 64)
      #expect(try tend(ledger, scene) == 4)
      #expect(ledger.requests.count == 1)
      #expect(try ledger.begin("old 7", scene).isFresh)
      #expect(try ledger.begin("new", scene) == .settled(.json("true")))
    }
  }

  @Test func theOldestGoBeyondTheCountAndNoneThatRuns() throws {
    try withScene { scene in
      scene.options.requestLimit = 100
      do {
        let ledger = try scene.open()
        for number in 0..<10 { _ = try ledger.begin("running \(number)", scene) }
        for number in 0..<250 { try ledger.serve("\(number)", .json("true"), scene) }
        _ = try tend(ledger, scene)
        #expect(ledger.requests.count == 100)
        for number in 0..<10 { #expect(try ledger.begin("running \(number)", scene) == .running) }
        #expect(try ledger.begin("160", scene) == .settled(.json("true")))
        #expect(try ledger.begin("159", scene).isFresh)
      }
      // What is in the database is the same.
      let ledger = try scene.open()
      #expect(ledger.requests.count == 101)
      #expect(try ledger.begin("158", scene).isFresh)
    }
  }

  @Test func theOldestGoBeyondTheBytes() throws {
    try withScene { scene in
      scene.options.requestByteLimit = 100_000
      do {
        let ledger = try scene.open()
        for number in 0..<50 { try ledger.serve("\(number)", .error(String(repeating: "x", count: 10_000)), scene) }
      }
      let ledger = try scene.open()
      _ = try tend(ledger, scene)
      #expect(3...10 ~= ledger.requests.count)
      #expect(try ledger.begin("0", scene).isFresh)
      #expect(try ledger.begin("49", scene) != .running)
    }
  }

  @Test func aClockThatWasSetBackForgetsNothing() throws {
    try withScene { scene in
      let ledger = try scene.open()
      try ledger.serve("a", .json("1"), scene)
      scene.now = WallTime(milliseconds: 1_000)
      #expect(try !ledger.tend(now: scene.now))
      #expect(try ledger.begin("a", scene) == .settled(.json("1")))
    }
  }

  // MARK: A database that takes nothing

  @Test func whatWasBegunAndNotWrittenNeverCameAndWhatWasSettledIsWrittenLater() throws {
    try withScene { scene in
      let ledger = try scene.open()
      let scope = ledger.requests.scope(of: "/c", .frontendToBackend)
      guard case .fresh(let run) = try ledger.begin("served", scene) else { throw NotFresh() }
      let outcome = RequestOutcome.error(String(repeating: "x", count: 100_000))
      let pages = try ledger.database.statement("PRAGMA page_count")
      let limit = try pages.next() ? pages.integer(0) : 0
      pages.reset()
      try ledger.database.statement("PRAGMA max_page_count = \(limit)").run()
      ledger.requests.settle(run, outcome, now: scene.now)
      for id in ["a", "b"] {
        #expect(try ledger.requests.begin(scope.key(of: id), handler: "h", now: scene.now).isFresh)
      }
      for _ in 0..<2 {
        let error = #expect(throws: ChannelError.self) { try ledger.commit() }
        #expect(error?.code == .system && error?.hint == "make room on the file system")
      }
      // Nothing is told otherwise meanwhile.
      #expect(try ledger.requests.begin(scope.key(of: "served"), handler: "h", now: scene.now) == .settled(outcome))
      #expect(ledger.requests.count == 1)
      try ledger.database.statement("PRAGMA max_page_count = 1000000").run()
      #expect(try ledger.begin("a", scene).isFresh)
      #expect(try ledger.begin("b", scene).isFresh)
      #expect(try ledger.begin("served", scene) == .settled(outcome))
    }
  }
}
