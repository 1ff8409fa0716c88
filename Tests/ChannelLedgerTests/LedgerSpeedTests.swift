import ChannelLedger
import ChannelMessages
import ChannelModel
import LinuxIO
import TestSupport
import Testing
import Transom

/// What a ledger adds to a request. It judges nothing in a debug build, where it only runs through.
@Suite(.serialized, .timeLimit(.minutes(3))) struct LedgerSpeedTests {
  #if DEBUG
    static let count = 1_000
  #else
    static let count = 20_000
  #endif

  private func median(_ times: [UInt64], _ part: Double = 0.5) -> Double {
    Double(times.sorted()[Int(Double(times.count - 1) * part)]) / 1_000
  }

  /// One request a turn and one commit for each of its ends, as when a single client waits for each answer.
  @Test(arguments: ["memory", "disk"], [0, 100_000])
  func aRequestCostsAFewMicroseconds(_ ground: String, _ known: Int) throws {
    try withScratchDirectory(on: ground == "disk" ? .disk : .memory) { scratch in
      let scene = LedgerScene(scratch)
      scene.options.requestLimit = 1_000_000
      let ledger = try scene.open()
      try fill(ledger, known, scene)
      let scope = ledger.requests.scope(of: "/run/user/1000/channel", .frontendToBackend)
      let outcome = RequestOutcome.json("\"" + String(repeating: "x", count: 200) + "\"")
      var (begins, settles, tends): ([UInt64], [UInt64], [UInt64]) = ([], [], [])
      for number in 0..<Self.count {
        let id = UniqueID(high: 1, low: UInt64(number)).description
        let start = KernelClock.sinceBoot()
        let beginning = try ledger.requests.begin(scope.key(of: id), handler: "build", now: scene.now)
        try ledger.commit()
        guard case .fresh(let run) = beginning else { throw NotFresh() }
        let begun = KernelClock.sinceBoot()
        ledger.requests.settle(run, outcome, now: scene.now)
        try ledger.commit()
        let settled = KernelClock.sinceBoot()
        begins.append(begun - start)
        settles.append(settled - begun)
        if number % 500 == 499 {
          _ = try ledger.tend(now: scene.now)
          tends.append(KernelClock.sinceBoot() - settled)
        }
      }
      let (begin, settle) = (median(begins), median(settles))
      print(
        "ledger on \(ground), \(known) known: begin \(begin) us (99 %: \(median(begins, 0.99))), settle \(settle) us",
        "(99 %: \(median(settles, 0.99))), tend \(median(tends)) us, at most \(median(tends, 1))"
      )
      #if !DEBUG
        // Three times what is reached on an idle machine.
        #expect(begin + settle < 30)
      #endif
    }
  }

  private func fill(_ ledger: Ledger, _ count: Int, _ scene: LedgerScene) throws {
    let scope = ledger.requests.scope(of: "/other", .frontendToBackend)
    for number in 0..<count {
      if case .fresh(let run) = try ledger.requests.begin(scope.key(of: "\(number)"), handler: "h", now: scene.now) {
        ledger.requests.settle(run, .json("true"), now: scene.now)
      }
      if number % 1_000 == 999 { try ledger.commit() }
    }
    try ledger.commit()
    _ = try ledger.tend(now: scene.now)
  }

  @Test func manyRequestsOfOneTurnShareACommit() throws {
    try withScratchDirectory { scratch in
      let scene = LedgerScene(scratch)
      let ledger = try scene.open()
      let scope = ledger.requests.scope(of: "/c", .frontendToBackend)
      let ids = (0..<Self.count).map { UniqueID(high: 1, low: UInt64($0)).description }
      let start = KernelClock.sinceBoot()
      for turn in stride(from: 0, to: Self.count, by: 50) {
        var runs: [RequestRun] = []
        for id in ids[turn..<turn + 50] {
          if case .fresh(let run) = try ledger.requests.begin(scope.key(of: id), handler: "h", now: scene.now) {
            runs.append(run)
          }
        }
        try ledger.commit()
        for run in runs { ledger.requests.settle(run, .json("true"), now: scene.now) }
        try ledger.commit()
      }
      let each = (KernelClock.sinceBoot() - start) / UInt64(Self.count)
      print("ledger, 50 a turn: \(each) ns a request, begun and settled")
    }
  }

  @Test func anUnknownOrKnownRequestIsFoundAgainAfterOpening() throws {
    try withScratchDirectory { scratch in
      let scene = LedgerScene(scratch)
      scene.options.requestLimit = 1_000_000
      do { try fill(try scene.open(), Self.count * 5, scene) }
      let start = KernelClock.sinceBoot()
      let ledger = try scene.open()
      print("ledger: opening with \(Self.count * 5) requests took \((KernelClock.sinceBoot() - start) / 1_000) us")
      #expect(ledger.requests.count == Self.count * 5)
    }
  }

  @Test func aStepIsNotedForNextToNothing() throws {
    try withScratchDirectory { scratch in
      let scene = LedgerScene(scratch)
      let ledger = try scene.open()
      let id = UniqueID(high: 1, low: 2).description
      let start = KernelClock.sinceBoot()
      for _ in 0..<Self.count {
        ledger.traces.note(TraceStep(.arrived, at: scene.now, channel: "/c", detail: "x"), of: id)
        try ledger.commit()
      }
      let noted = KernelClock.sinceBoot()
      _ = try ledger.tend(now: scene.now)
      #expect(try ledger.traces.steps(of: id).count == Self.count)
      let each = (noted - start) / UInt64(Self.count)
      let found = (KernelClock.sinceBoot() - noted) / 1_000
      print("ledger: a step noted and written in batches \(each) ns; found in \(found) us")
    }
  }
}
