// A process is killed while it serves requests; what it had told holds.

import ChannelMessages
import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

@testable import ChannelLedger

@Suite(.timeLimit(.minutes(3))) struct LedgerDeathTests {
  /// What a process that serves has said before it ended.
  private struct Told {
    var begun = -1
    var settled = -1
    var nonsense: [String] = []

    mutating func hear(_ line: String) {
      let words = line.split(separator: " ")
      switch (words.first, words.last.flatMap { Int($0) }) {
      case ("begun", let last?): begun = last
      case ("settled", let last?): settled = last
      default: nonsense.append(line)
      }
    }
  }

  @Test func nothingThatHasBegunIsFreshAndNoOutcomeIsLostWheneverItIsKilled() throws {
    try withScratchDirectory { scratch in
      let scene = LedgerScene(scratch)
      var random = SeededGenerator(seed: 1)
      var next = 0
      var killedWhileRunning = 0
      var (checked, interrupted) = (0, 0)
      for life in 0..<50 {
        let run = try ProcessRun([try ProcessRun.peer, "ledger-serve", scene.path, "\(next)"])
        var told = Told()
        for _ in 0..<Int.random(in: 1...60, using: &random) { if let line = run.line() { told.hear(line) } }
        // Some way into what it does next.
        let end = KernelClock.sinceBoot() + UInt64.random(in: 0...300_000, using: &random)
        while KernelClock.sinceBoot() < end {}
        kill(run.pid, SIGKILL)
        while let line = run.line() { told.hear(line) }
        #expect(run.wait() == 128 + SIGKILL)
        #expect(told.nonsense.isEmpty, "life \(life): \(told.nonsense)")
        if told.begun > told.settled { killedWhileRunning += 1 }
        let ledger = try scene.open()
        let scope = ledger.requests.scope(of: "/channel", .frontendToBackend)
        // Four more may have begun untold.
        for number in next...told.begun + 4 {
          let key = scope.key(of: "\(number)")
          let known = try ledger.requests.begin(key, handler: "h", now: scene.now)
          let outcome = RequestBeginning.settled(.json("\(number)"))
          if number <= told.settled {
            #expect(known == outcome, "life \(life), settled \(number)")
          } else if number <= told.begun {
            let mayBeFresh = number % 7 == 0
            #expect(known == outcome || known == .interrupted || mayBeFresh && known.isFresh, "life \(life), \(number)")
          } else {
            #expect(known == outcome || known == .interrupted || known.isFresh, "life \(life), untold \(number)")
          }
          checked += 1
          if known == .interrupted { interrupted += 1 }
        }
        next = told.begun + 5
      }
      #expect(scene.notices.isEmpty)
      print("ledger: 50 lives, \(killedWhileRunning) ended in a run; \(checked) asked for, \(interrupted) interrupted")
      #expect(killedWhileRunning >= 5 && interrupted >= 5)
    }
  }

  @Test func onlyOneProcessHasALedger() throws {
    try withScratchDirectory { scratch in
      let scene = LedgerScene(scratch)
      let holder = try ProcessRun([try ProcessRun.peer, "ledger-hold", scene.path])
      #expect(holder.line() == "held")
      let error = #expect(throws: ChannelError.self) { _ = try scene.open() }
      #expect(error?.code == .lockTimeout)
      #expect(error?.what == "process \(holder.pid) has this ledger open")
      kill(holder.pid, SIGKILL)
      holder.wait()
      let ledger = try scene.open()
      // Nor does one process twice.
      #expect(throws: ChannelError.self) { _ = try scene.open() }
      let second = try ProcessRun.run(try ProcessRun.peer, "ledger-hold", scene.path)
      #expect(second.code == 1 && second.output.contains("process \(getpid()) has this ledger open"), "\(second)")
      withExtendedLifetime(ledger) {}
    }
  }

  @Test func aFileThatMayNotGrowIsToldAndAllGoesOnWhenItMay() throws {
    try withScratchDirectory { scratch in
      let scene = LedgerScene(scratch)
      let peer = try ProcessRun.run(try ProcessRun.peer, "ledger-fill", scene.path, "2000000")
      let lines = peer.output.split(separator: "\n")
      try #require(peer.code == 0 && lines.count == 3, "\(peer.output)")
      #expect(lines[0].contains("cannot be written: File too large"))
      let served = try #require(lines[1].split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
      #expect(served > 100)
      let ledger = try scene.open()
      let scope = ledger.requests.scope(of: "/channel", .frontendToBackend)
      let outcome = RequestOutcome.error(String(repeating: "x", count: 1_000))
      for number in 0..<served {
        let known = try ledger.requests.begin(scope.key(of: "\(number)"), handler: "h", now: scene.now)
        #expect(known == .settled(outcome), "\(number) of \(served)")
      }
      #expect(ledger.requests.count >= served + 100)
    }
  }

  static let mounting: ConditionTrait = .enabled(
    if: MountNamespace.refusal == nil,
    "mounting is not permitted here: \(MountNamespace.refusal ?? "")"
  )

  @Test(mounting) func aFullFileSystemIsToldAndAllGoesOnWhenThereIsRoom() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        #expect(MountNamespace.enter() == nil)
        #expect(MountNamespace.mountMemory(at: path, options: "size=2m,mode=0700") == nil)
        defer { MountNamespace.unmount(path) }
        RawFiles.write(String(repeating: "x", count: 1 << 20), to: path + "/ballast")
        let scene = LedgerScene(path)
        let ledger = try scene.open()
        let outcome = RequestOutcome.error(String(repeating: "x", count: 1_000))
        var served = 0
        let error = #expect(throws: ChannelError.self) {
          while served < 10_000 {
            try ledger.serve("\(served)", outcome, scene)
            served += 1
          }
        }
        #expect(error?.code == .system && error?.what == "cannot be written: no room is left", "\(error as Any)")
        #expect(served > 50)
        let letter = FailedMessage.sample("letter", bytes: Array(repeating: 1, count: 500_000), at: scene.now)
        #expect(throws: ChannelError.self) { try ledger.deadLetters.add(letter) }
        #expect(ledger.deadLetters.count == 0)
        unsafe unlink(path + "/ballast")
        try ledger.deadLetters.add(letter)
        try ledger.serve("more", outcome, scene)
        for number in 0..<served { #expect(try ledger.begin("\(number)", scene) == .settled(outcome)) }
      }
    }
  }
}
