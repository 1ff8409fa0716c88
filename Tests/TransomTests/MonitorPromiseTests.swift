import ChannelMessages
import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// What a monitor does not do.
@Suite("A monitor's promises", .timeLimit(.minutes(1))) struct MonitorPromiseTests {
  @Test func changesNothingAndTakesNoLock() async throws {
    try await MonitorScene.with { scene in
      let sender = try scene.native(.frontend)
      try await sender.send("before")
      let before = try scene.picture()
      let monitor = try scene.monitor()
      let messages = monitor.messages(from: .start)
      let taken1 = try await MonitorScene.take(1, from: messages)
      #expect(taken1.map(\.method) == ["before"])
      scene.peer.publish([PeerScene.event("1")])
      let taken2 = try await MonitorScene.take(1, from: messages)
      #expect(taken2.map(\.id) == ["1"])
      await monitor.close()
      var after = try scene.picture()
      for name in [scene.path, scene.peer.window] { after[name] = before[name] }
      #expect(after == before)
      // It did not even try.
      #expect(scene.calls.refused.isEmpty, "\(scene.calls.refused)")
    }
  }

  /// Whoever opens a window counts as a 1.0 reader, and for those natives are slowed down.
  @Test func opensNoWindowThatNativesAloneWrite() async throws {
    try await MonitorScene.with { scene in
      let monitor = try scene.monitor()
      let messages = monitor.messages
      let sender = try scene.native(.frontend)
      let sending = Task {
        for number in 0..<3_000 { try await sender.send("e", JSONText(integer: number)) }
      }
      for number in 0..<3_000 {
        let message = try #require(try await messages.next())
        #expect(message.payload == JSONText(integer: number))
      }
      try await sending.value
      #expect(!scene.calls.opened.contains("frontend_to_backend.json"))
      #expect(scene.calls.opened.contains(ChannelLayout.Inside.projected))
      #expect(sender.core.options.peers(.frontendToBackend).current.readerSeen == nil)
      // What is foreign it opens.
      try scene.peer.send(PeerScene.event("1"))
      let taken = try await MonitorScene.take(1, from: messages)
      #expect(taken.map(\.id) == ["1"])
      #expect(scene.calls.opened.contains("frontend_to_backend.json"))
    }
  }

  @Test func losesNothingOfAFlood() async throws {
    try await MonitorScene.with { scene in
      let messages = try scene.monitor().messages
      let sender = try scene.native(.frontend)
      let sending = Task {
        for batch in 0..<400 {
          try await sender.send(contentsOf: (0..<50).map { .event("e", JSONText(integer: 50 * batch + $0)) })
        }
      }
      for number in 0..<20_000 {
        let message = try #require(try await messages.next())
        guard message.payload == JSONText(integer: number) else {
          Issue.record("\(message.payload) where \(number) belongs")
          break
        }
      }
      try await sending.value
    }
  }

  @Test(arguments: [nil, EROFS, EACCES, EPERM]) func whatTakesWritingIsRefusedAndSaysWhy(_ code: Int32?) async throws {
    let isAsked = code == nil
    try await MonitorScene.with(refusingWith: code ?? EROFS) { scene in
      let monitor = try scene.monitor(asked: isAsked)
      var refused: [ChannelError?] = []
      refused.append(await #expect(throws: ChannelError.self) { try await monitor.send("e") })
      refused.append(await #expect(throws: ChannelError.self) { try await monitor.send(contentsOf: [.event("e")]) })
      refused.append(await #expect(throws: ChannelError.self) { try await monitor.request("m") as JSONText })
      refused.append(await #expect(throws: ChannelError.self) { try await monitor.clear() })
      refused.append(#expect(throws: ChannelError.self) { try monitor.messages(reader: "worker") })
      refused.append(#expect(throws: ChannelError.self) { try monitor.messages(group: "workers") })
      _ = monitor.respond(to: "m") { (request: Message) in request.payload }
      refused.append(try await scene.troubles.first(.refused))
      for case let error? in refused {
        #expect(error.code == .refused && error.what.contains("takes writing") && error.hint.contains("messages"))
        #expect(isAsked ? error.hint.contains(".asPermitted") : error.what.contains("may not here: "), "\(error)")
        #expect(isAsked || error.path.contains("/.transom/"), "\(error)")
      }
      #expect(refused.compactMap { $0 }.count == 7)
    }
  }

  @Test func aChannelThatIsNotThereIsNotMade() throws {
    try withScratchDirectory { path throws -> Void in
      let error = #expect(throws: ChannelError.self) {
        try Channel(at: "\(path)/none", as: .backend, options: ChannelOptions(access: .monitor))
      }
      #expect(error?.code == .noChannel)
      let calls = ReadOnlyCalls()
      let other = #expect(throws: ChannelError.self) {
        try Channel(at: "\(path)/none", as: .backend, options: ChannelOptions(), calls: calls, onTrouble: nil)
      }
      #expect(other?.code == .noChannel && other?.what.contains("Read-only file system") == true)
      RawFiles.makeDirectory("\(path)/empty")
      let empty = #expect(throws: ChannelError.self) {
        try Channel(at: "\(path)/empty", as: .backend, options: ChannelOptions(), calls: calls, onTrouble: nil)
      }
      #expect(empty?.code == .refused)
      #expect(try Directory.open(path).names() == ["empty"])
    }
  }

  // MARK: What comes in the place of what it reads

  @Test func aChannelThatIsRemovedAndMadeAgainIsReadFromItsStart() async throws {
    try await MonitorScene.with { scene in
      let gaps = Gaps()
      let messages = try scene.monitor().messages(onGap: gaps.take)
      scene.peer.publish([PeerScene.event("1")])
      let taken1 = try await MonitorScene.take(1, from: messages)
      #expect(taken1.map(\.id) == ["1"])
      try scene.remove()
      let sender = try scene.native(.frontend)
      try await sender.send("2")
      scene.peer.publish([PeerScene.event("1")])
      let taken2 = try await MonitorScene.take(2, from: messages)
      #expect(Set(taken2.compactMap(\.method)) == ["2", "e"])
      #expect(gaps.reasons == [.replaced])
    }
  }

  @Test func aHiddenFolderThatIsRemovedUnderNativesIsGoneOnWith() async throws {
    try await MonitorScene.with { scene in
      let messages = try scene.monitor().messages(onGap: { _ in })
      let sender = try scene.native(.frontend)
      try await sender.send("1")
      scene.peer.publish([PeerScene.event("theirs")])
      let taken1 = try await MonitorScene.take(2, from: messages)
      #expect(Set(taken1.compactMap(\.method)) == ["1", "e"])
      try scene.remove(ChannelLayout.hidden)
      let taking = Task { try await MonitorScene.take(2, from: messages) }
      // It is noticed once a second.
      while RawFiles.read(scene.path + "/.transom/frontend_to_backend/journal/lock") == nil {
        try await sender.send("again")
      }
      try await sender.send("2")
      let taken2 = try await taking.value
      #expect(taken2.allSatisfy { $0.method == "again" || $0.method == "2" }, "\(taken2.map(\.method))")
    }
  }

  // MARK: Where only 1.0 programs have been

  @Test func readsAChannelOfOldAndGoesOnWhenOneOfOursComes() async throws {
    try await MonitorScene.with(isBare: true) { scene in
      scene.peer.publish([PeerScene.event("before")])
      let monitor = try scene.monitor(asked: false)
      #expect(monitor.isMonitor)
      let messages = monitor.messages
      try scene.peer.send(PeerScene.event("1"), PeerScene.event("1"))
      let taken1 = try await MonitorScene.take(2, from: messages)
      #expect(taken1.map(\.id) == ["1", "1"])
      #expect(try !Directory.open(scene.path).names().contains(ChannelLayout.hidden))
      // Takes in all of the window, also what lay there before the monitor came.
      let sender = try scene.native(.frontend)
      let reader = try scene.native(.backend).messages
      try await sender.send("2")
      let taken2 = try await MonitorScene.take(1, from: messages)
      #expect(taken2.map(\.method) == ["2"])
      try scene.peer.send(PeerScene.event("3"))
      try await sender.send("4")
      let taken3 = try await MonitorScene.take(2, from: messages)
      #expect(Set(taken3.map { $0.method == "e" ? $0.id : $0.method ?? "" }) == ["3", "4"])
      withExtendedLifetime(reader) {}
    }
  }

  // MARK: Where nothing may be written

  @Test(LookingTests.mounting) func readsAReadOnlyMountWhileOthersWriteBesideIt() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { folder in
        #expect(MountNamespace.enter() == nil)
        let sender = try Channel(at: "\(folder)/channel", as: .frontend)
        try sender.send("before")
        RawFiles.makeDirectory("\(folder)/view")
        #expect(MountNamespace.bind(folder, at: "\(folder)/view") == nil)
        #expect(MountNamespace.remount("\(folder)/view", isReadOnly: true, isBind: true) == nil)
        defer { MountNamespace.unmount("\(folder)/view") }
        let monitor = try Channel(at: "\(folder)/view/channel", as: .backend)
        #expect(monitor.isMonitor)
        let messages = monitor.messages(from: .start)
        let peer = PeerScene(path: "\(folder)/channel", side: .frontend)
        #expect(try messages.next(within: .seconds(5))?.method == "before")
        try peer.send(PeerScene.event("1"))
        #expect(try messages.next(within: .seconds(5))?.id == "1")
        try sender.send("2")
        #expect(try messages.next(within: .seconds(5))?.method == "2")
        #expect(throws: ChannelError.self) { try monitor.send("e") }
        monitor.close()
        sender.close()
      }
    }
  }

  /// Nothing in it tells of its end, so it is looked for.
  @Test func aChannelOfOldThatIsMadeAgainIsAnotherOne() async throws {
    try await MonitorScene.with(isBare: true) { scene in
      let gaps = Gaps()
      let messages = try scene.monitor().messages(onGap: gaps.take)
      try scene.peer.send(PeerScene.event("1"))
      let before = try await MonitorScene.take(1, from: messages)
      #expect(before.map(\.id) == ["1"] && gaps.reasons.isEmpty)
      let beginning = Moment.now
      try scene.remove()
      RawFiles.makeDirectory(scene.path)
      scene.peer.publish([PeerScene.event("2"), PeerScene.event("3")])
      let after = try await MonitorScene.take(2, from: messages)
      #expect(after.map(\.id) == ["2", "3"] && gaps.reasons == [.replaced])
      #expect(Moment.now.duration(since: beginning) < .seconds(10), "the sweep of all channels comes later")
      try scene.peer.send(PeerScene.event("4"))
      let last = try await MonitorScene.take(1, from: messages)
      #expect(last.map(\.id) == ["4"])
    }
  }
}
