// What all channels on one directory share.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization
internal import TestSupport
internal import Testing
@testable internal import Transom

@Suite("What channels share", .timeLimit(.minutes(1))) struct ChannelCoreTests {
  @Test func nobodyLooksBeforeTheWatchIsThere() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      var options = ChannelFolder.Options()
      options.calls = calls
      let core = ChannelCore(
        path: "\(path)/channel",
        options: options,
        manner: .automatic,
        watcher: try Watcher.shared()
      )
      _ = try core.folder()
      calls.reset()
      let second = Mutex<NativeThread?>(nil)
      let hasReturned = Atomic(false)
      let returnedEarly = Atomic(false)
      // While the first is still opening what it is to watch, another asks for the same.
      calls.plan(
        .nth(1, .openDirectory),
        .first {
          second.withLock { thread in
            thread = NativeThread {
              try? core.watch(.backendToFrontend)
              hasReturned.store(true, ordering: .releasing)
            }
          }
          // So long it has for returning too early; nothing is to happen meanwhile.
          KernelClock.pause(.milliseconds(50))
          returnedEarly.store(hasReturned.load(ordering: .acquiring), ordering: .releasing)
        }
      )
      try core.watch(.backendToFrontend)
      let thread = try #require(second.withLock { $0 })
      thread.join()
      let wasEarly = returnedEarly.load(ordering: .acquiring)
      let isBack = hasReturned.load(ordering: .acquiring)
      #expect(!wasEarly)
      #expect(isBack)
    }
  }

  @Test func aPathIsOneChannelHoweverItIsSpelled() throws {
    try withScratchDirectory { path in
      let channel = try Channel(at: "\(path)/channel", as: .frontend)
      for spelling in ["\(path)/channel/", "\(path)//channel", "\(path)/./channel//"] {
        let other = try Channel(at: spelling, as: .backend)
        #expect(other.core === channel.core)
        #expect(other.path == spelling)
      }
    }
  }

  @Test func aChannelThatIsUsedStaysOpenBeforeOneThatIsNot() throws {
    try withScratchDirectory { path in
      let openFolders = OpenFolders(limit: 2)
      let watcher = try Watcher.shared()
      let cores = ["busy", "idle", "new"].map {
        ChannelCore(
          path: "\(path)/\($0)",
          options: ChannelFolder.Options(),
          manner: .automatic,
          watcher: watcher,
          openFolders: openFolders
        )
      }
      let busy = try cores[0].folder()
      let idle = try cores[1].folder()
      // So often a use counts.
      KernelClock.pause(.milliseconds(110))
      _ = try cores[0].folder()
      _ = try cores[2].folder()
      #expect(try cores[0].folder() === busy)
      #expect(try cores[1].folder() !== idle)
    }
  }

  @Test func whoNoticesThatAChannelIsGoneLeavesItToOthersToMakeIt() async throws {
    try await onThread {
      try withScratchDirectory { path in
        let calls = FaultyCalls()
        var options = ChannelFolder.Options()
        options.calls = calls
        let watcher = try Watcher.shared()
        let core = ChannelCore(path: "\(path)/channel", options: options, manner: .automatic, watcher: watcher)
        try core.watch(.backendToFrontend)
        let flushes = Atomic(0)
        let flushesOfWatcher = Atomic(0)
        calls.plan(
          .every(.sync),
          .first {
            flushes.add(1, ordering: .relaxed)
            if watcher.isDrivingThread { flushesOfWatcher.add(1, ordering: .relaxed) }
          }
        )
        #expect(RawFiles.rename("\(path)/channel", to: "\(path)/moved"))
        let isBack = watcher.wait(until: .now.advanced(by: .seconds(20))) {
          (try? Directory.open("\(path)/channel")) != nil
        }
        #expect(isBack)
        #expect(flushes.load(ordering: .relaxed) > 0)
        #expect(flushesOfWatcher.load(ordering: .relaxed) == 0)
      }
    }
  }
}
