import ChannelMessages
import ChannelModel
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// What a program gets that only looks on.
@Suite("A monitor", .timeLimit(.minutes(1))) struct MonitorTests {
  @Test(arguments: [true, false]) func getsWhatAnybodySendsEachOnce(_ isAsked: Bool) async throws {
    try await MonitorScene.with { scene in
      let monitor = try scene.monitor(asked: isAsked)
      #expect(monitor.isMonitor)
      let messages = monitor.messages
      let sender = try scene.native(.frontend)
      for number in 0..<20 {
        try scene.peer.send(PeerScene.event("\(number)"))
        try await sender.send("ours \(number)")
      }
      let taken = try await MonitorScene.take(40, from: messages)
      #expect(taken.filter { $0.method == "e" }.map(\.id) == (0..<20).map(String.init))
      #expect(taken.compactMap(\.method).filter { $0 != "e" } == (0..<20).map { "ours \($0)" })
      // Whoever takes them in now, and writes the window anew: nothing comes again.
      try await scene.takeIn()
      scene.peer.publish([PeerScene.event("18"), PeerScene.event("19")])
      try await sender.send("last")
      let rest = try await MonitorScene.take(1, from: messages)
      #expect(rest.map(\.method) == ["last"])
      #expect(scene.troubles.all.isEmpty)
    }
  }

  @Test func whatOthersTookInFirstComesOnce() async throws {
    try await MonitorScene.with { scene in
      let messages = try scene.monitor().messages
      let reader = try scene.native(.backend).messages
      // No more at once than a window holds: who comes late would be told of a gap, and rightly.
      for start in stride(from: 0, to: 300, by: 50) {
        let sent = (start..<start + 50).map(String.init)
        for id in sent { try scene.peer.send(PeerScene.event(id)) }
        let taken = try await MonitorScene.take(50, from: messages)
        #expect(taken.map(\.id) == sent)
        let theirs = try await MonitorScene.take(50, from: reader)
        #expect(theirs.map(\.id) == sent)
      }
      try scene.peer.send(PeerScene.event("last"))
      let rest = try await MonitorScene.take(1, from: messages)
      #expect(rest.map(\.id) == ["last"])
    }
  }

  @Test(arguments: [true, false]) func whatWasThereBeforeItIsNotNew(_ wasTakenIn: Bool) async throws {
    try await MonitorScene.with { scene in
      scene.peer.publish([PeerScene.event("gone")])
      try await scene.takeIn()
      scene.peer.publish([PeerScene.event("old"), PeerScene.event("older")])
      if wasTakenIn { try await scene.takeIn() }
      let messages = try scene.monitor().messages
      // Out of a stale copy comes back what the journal's memory alone still knows.
      scene.peer.publish(["gone", "old", "older", "new"].map { PeerScene.event($0) })
      let taken = try await MonitorScene.take(1, from: messages)
      #expect(taken.map(\.id) == ["new"])
      try await scene.takeIn()
      try scene.peer.send(PeerScene.event("newer"))
      let rest = try await MonitorScene.take(1, from: messages)
      #expect(rest.map(\.id) == ["newer"])
    }
  }

  @Test func fromTheStartItGetsTheJournalAndThenTheWindow() async throws {
    try await MonitorScene.with { scene in
      let sender = try scene.native(.frontend)
      try await sender.send("ours")
      try scene.peer.send(PeerScene.event("1"), PeerScene.event("2"))
      try await scene.takeIn()
      try scene.peer.send(PeerScene.event("3"), PeerScene.event("3"))
      let messages = try scene.monitor().messages(from: .start)
      let taken = try await MonitorScene.take(5, from: messages)
      #expect(taken.map { $0.method == "e" ? $0.id : "ours" } == ["ours", "1", "2", "3", "3"])
      try await scene.takeIn()
      try scene.peer.send(PeerScene.event("4"))
      let rest = try await MonitorScene.take(1, from: messages)
      #expect(rest.map(\.id) == ["4"])
    }
  }

  @Test func equalMessagesComeAsOftenAsTheyWereSent() async throws {
    try await MonitorScene.with { scene in
      let messages = try scene.monitor().messages
      let twin = PeerScene.event("1")
      scene.peer.publish([twin, twin])
      let taken1 = try await MonitorScene.take(2, from: messages)
      #expect(taken1.map(\.id) == ["1", "1"])
      try await scene.takeIn()
      scene.peer.publish([twin, twin, twin])
      let taken2 = try await MonitorScene.take(1, from: messages)
      #expect(taken2.map(\.id) == ["1"])
      try await scene.takeIn()
      scene.peer.publish([twin, twin, twin, PeerScene.event("2")])
      let taken3 = try await MonitorScene.take(1, from: messages)
      #expect(taken3.map(\.id) == ["2"])
    }
  }

  @Test func moreThanAWindowHoldsIsToldAsOneGap() async throws {
    try await MonitorScene.with { scene in
      let gaps = Gaps()
      let messages = try scene.monitor().messages(onGap: gaps.take)
      scene.peer.publish([PeerScene.event("first")])
      let taken1 = try await MonitorScene.take(1, from: messages)
      #expect(taken1.count == 1)
      try await scene.takeIn()
      scene.peer.publish((0..<100).map { PeerScene.event("\($0)") })
      let taken2 = try await MonitorScene.take(100, from: messages)
      #expect(taken2.map(\.id) == (0..<100).map(String.init))
      #expect(gaps.reasons == [.windowOverrun])
      // Who takes them in finds the same gap.
      try await scene.takeIn()
      try scene.peer.send(PeerScene.event("last"))
      let taken3 = try await MonitorScene.take(1, from: messages)
      #expect(taken3.map(\.id) == ["last"])
      #expect(gaps.reasons == [.windowOverrun])
    }
  }

  @Test func aWriterInPlaceIsWaitedFor() async throws {
    try await MonitorScene.with { scene in
      let messages = try scene.monitor().messages
      let whole = "[" + (0..<50).map { PeerScene.event("\($0)") }.joined(separator: ",") + "]"
      RawFiles.write("", to: scene.peer.window)
      RawFiles.write(String(whole.prefix(1_000)), to: scene.peer.window)
      RawFiles.write(whole, to: scene.peer.window)
      let taken = try await MonitorScene.take(50, from: messages)
      #expect(taken.map(\.id) == (0..<50).map(String.init))
      #expect(scene.troubles.all.isEmpty)
    }
  }

  @Test func whatIsMalformedIsToldAndNothingOfItIsKept() async throws {
    try await MonitorScene.with { scene in
      let messages = try scene.monitor().messages
      // Who reads is the one to look.
      let taking = Task { try await MonitorScene.take(3, from: messages) }
      RawFiles.replace(scene.peer.window, with: "[" + PeerScene.event("a") + ",{\"id\":")
      let trouble = try #require(try await scene.troubles.first(.malformedWindow))
      #expect(trouble.path.hasSuffix("/frontend_to_backend.json") && trouble.what.contains("byte"), "\(trouble)")
      let deep = String(repeating: "[", count: 130) + String(repeating: "]", count: 130)
      scene.peer.publish([PeerScene.event("a"), "7", PeerScene.event("deep", deep), PeerScene.event("b")])
      let taken = try await taking.value
      #expect(taken.map(\.id) == ["a", "deep", "b"])
      try await eventually { scene.troubles.all.count == 3 }
      #expect(scene.troubles.all.allSatisfy { $0.code == .malformedWindow && $0.hint.contains("quarantine") })
      let quarantine = try Directory.open(scene.path + "/.transom/frontend_to_backend/quarantine")
      #expect(try quarantine.names().isEmpty)
    }
  }

  @Test func whatCannotBeReadInTheWindowsPlaceKeepsNobodyFromTheJournal() async throws {
    try await MonitorScene.with { scene in
      let messages = try scene.monitor().messages
      RawFiles.remove(scene.peer.window)
      RawFiles.makeFIFO(scene.peer.window)
      let sender = try scene.native(.frontend)
      await #expect(throws: ChannelError.self) { try await sender.send("all the same") }
      let taken1 = try await MonitorScene.take(1, from: messages)
      #expect(taken1.map(\.method) == ["all the same"])
      let taking = Task { try await MonitorScene.take(1, from: messages) }
      #expect(try await scene.troubles.first(.refused)?.what.contains("FIFO") == true)
      scene.peer.publish([PeerScene.event("1")])
      let taken2 = try await taking.value
      #expect(taken2.map(\.id) == ["1"])
    }
  }

  @Test func worksWherePollingIsForced() async throws {
    try await MonitorScene.with { scene in
      let messages = try scene.monitor(options: ChannelOptions(watching: .polling)).messages
      let sender = try scene.native(.frontend)
      try scene.peer.send(PeerScene.event("1"))
      let taken1 = try await MonitorScene.take(1, from: messages)
      try await sender.send("2")
      let taken2 = try await MonitorScene.take(1, from: messages)
      #expect(taken1.map(\.id) == ["1"] && taken2.map(\.method) == ["2"])
    }
  }

  /// A window that seems to follow a gap is held, since others may be about to take in what is missing. Nobody is here.
  @Test func oneGapLeadsToNoOther() async throws {
    try await MonitorScene.with { scene in
      let gaps = Gaps()
      let messages = try scene.monitor().messages(onGap: gaps.take)
      scene.peer.publish([PeerScene.event("first")])
      _ = try await MonitorScene.take(1, from: messages)
      scene.peer.publish((0..<100).map { PeerScene.event("0.\($0)") })
      _ = try await MonitorScene.take(100, from: messages)
      let publishing = Task.detached { [peer = scene.peer] in
        for number in 1...4 {
          peer.publish((0..<100).map { PeerScene.event("\(number).\($0)") })
          KernelClock.pause(.milliseconds(60))
        }
      }
      let taken = try await MonitorScene.take(400, from: messages)
      await publishing.value
      #expect(taken.last?.id == "4.99")
      #expect(gaps.reasons.allSatisfy { $0 == .windowOverrun } && gaps.reasons.count == 5)
    }
  }

  @Test func fromTheStartNothingComesTwiceThoughTheMemoryOfImportsIsGone() async throws {
    try await MonitorScene.with { scene in
      try scene.peer.send(PeerScene.event("1"), PeerScene.event("2"))
      try await scene.takeIn()
      RawFiles.remove("\(scene.path)/.transom/frontend_to_backend/ids")
      let messages = try scene.monitor().messages(from: .start)
      try scene.peer.send(PeerScene.event("3"))
      let taken = try await MonitorScene.take(3, from: messages)
      #expect(taken.map(\.id) == ["1", "2", "3"])
    }
  }
}
