import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing
import Transom

/// A channel directory with what the locks need, and the means to put things into its lock's place.
struct LockedChannel {
  let path: String
  let channel: Directory
  let staging: Directory

  init(_ path: String) throws {
    self.path = path
    channel = try Directory.open(path)
    let hidden = try channel.makeSubdirectory(ChannelLayout.hidden)
    _ = try hidden.makeSubdirectory(ChannelLayout.Hidden.folder(.backendToFrontend))
    staging = try hidden.makeSubdirectory(ChannelLayout.Hidden.staging)
  }

  var lockPath: String { "\(path)/backend_to_frontend.lock" }

  func lock() throws -> WindowLock {
    let hidden = try channel.subdirectory(ChannelLayout.hidden)
    let place = WindowLock.Place(
      direction: .backendToFrontend,
      channel: channel,
      folder: try hidden.subdirectory(ChannelLayout.Hidden.folder(.backendToFrontend)),
      staging: Staging(staging)
    )
    return try WindowLock(at: place, own: try ProcessIdentity.current())
  }

  /// A lock as a 1.0 peer leaves it, last changed so many seconds ago.
  func leavePeerLock(secondsAgo: Int64) throws {
    let file = try channel.create("backend_to_frontend.lock")
    try file.write(Array("4242\n".utf8).span, at: 0)
    let now = FileTime.now()
    try file.setModified(to: FileTime(seconds: now.seconds - secondsAgo, nanoseconds: now.nanoseconds))
  }

  var isLocked: Bool { unsafe access(lockPath, F_OK) == 0 }
}

@Suite(.timeLimit(.minutes(3))) struct WindowLockTests {
  // MARK: Among natives

  @Test func eightContendersThatAreKilledNeverHoldItTogether() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      let rounds = try scene.channel.openOrCreate("rounds")
      RawFiles.makeFIFO("\(path)/progress")
      let progress = OwnedDescriptor(taking: unsafe open("\(path)/progress", O_RDWR | O_CLOEXEC))
      let peer = try ProcessRun.peer
      var contenders = try (0..<8).map { _ in try ProcessRun([peer, "lock-contend", path]) }
      var random = SeededGenerator(seed: 11)
      var kills = 0
      var done: Int64 = 0
      while done < 1_000 || kills < 100 {
        // One is killed whenever some rounds have passed, wherever it then is in its own.
        let next = done + Int64.random(in: 1...12, using: &random)
        while try rounds.facts().stamp.size < next {
          // A round whose contender was killed at its end is counted and not told; so the wait is never for ever.
          guard try Readiness.wait(on: [progress.number], for: .seconds(1)) != .timedOut else {
            try #require(!scene.channel.names().contains("violations"))
            continue
          }
          var bytes = [UInt8](repeating: 0, count: 1)
          _ = unsafe read(progress.number, &bytes, 1)
        }
        done = try rounds.facts().stamp.size
        let victim = Int.random(in: contenders.indices, using: &random)
        kill(contenders[victim].pid, SIGKILL)
        contenders[victim].wait()
        kills += 1
        contenders[victim] = try ProcessRun([peer, "lock-contend", path])
      }
      _ = try scene.channel.create("stop")
      for contender in contenders { #expect(contender.finish() == (0, "")) }
      #expect(try !scene.channel.names().contains("violations"))
      print("locks: \(done) rounds of 8 contenders, \(kills) killed, one holder at a time")
    }
  }

  @Test func aKilledHolderHardlyDelaysTheNext() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      let lock = try scene.lock()
      var delays: [Duration] = []
      for _ in 0..<100 {
        let holder = try ProcessRun([try ProcessRun.peer, "lock-hold", path])
        try #require(holder.line() == "held")
        let start = KernelClock.sinceBoot()
        kill(holder.pid, SIGKILL)
        let held = try lock.take(within: .seconds(5))
        delays.append(.nanoseconds(Int64(KernelClock.sinceBoot() - start)))
        try held.release()
      }
      delays.sort()
      print("locks: after SIGKILL of the holder, median \(delays[50]), worst \(delays[99]) of 100")
      #expect(delays[50] < .milliseconds(20))
      #expect(delays[99] < .milliseconds(200))
    }
  }

  @Test func aStoppedHolderIsWaitedForAndNamed() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      let holder = try ProcessRun([try ProcessRun.peer, "lock-hold", path])
      try #require(holder.line() == "held")
      kill(holder.pid, SIGSTOP)
      // Even long after a 1.0 peer would have robbed it.
      let file = try scene.channel.openRegularFile("backend_to_frontend.lock")
      try file.setModified(to: FileTime(seconds: FileTime.now().seconds - 60, nanoseconds: 0))
      let outcome = try ProcessRun.run(try ProcessRun.peer, "lock-take", path, "30")
      #expect(outcome.output.contains("project.lock") && outcome.output.contains("timedOut"))
      #expect(outcome.output.contains("process \(holder.pid), which uses Transom"), "\(outcome.output)")
      #expect(scene.isLocked)
    }
  }

  @Test func aHolderInAnotherPIDNamespaceIsJudgedByItsFlock() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      let peer = try ProcessRun.peer
      let holder = try ProcessRun([
        "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", peer, "lock-hold", path,
      ])
      let first = holder.line()
      guard first == "held" else {
        try Test.cancel("no pid namespace to be had here: \(first ?? "unshare said nothing")")
      }
      let contents = LockContents(
        decoding: try scene.channel.openRegularFile("backend_to_frontend.lock").read(256, at: 0)
      )
      #expect(contents.process == 1, "its pid means another process here")
      // The lock alone, since project.lock would hold us up before it: the live one is not stale, the dead one is.
      let file = LockFile(
        "backend_to_frontend.lock",
        in: scene.channel,
        staging: Staging(scene.staging)
      )
      let live = try #require(try file.look())
      #expect(live.isFlockFree == false)
      kill(holder.pid, SIGKILL)
      holder.wait()
      try scene.lock().take(within: .seconds(5)).release()
      #expect(!scene.isLocked)
    }
  }

  @Test func threadsThatShareALockExcludeEachOther() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      let lock = try scene.lock()
      let inside = Atomic(0)
      let worst = Atomic(0)
      let failures = Atomic(0)
      let threads = (0..<4).map { _ in
        NativeThread {
          for _ in 0..<200 {
            do {
              let held = try lock.take(within: .seconds(20))
              worst.max(inside.wrappingAdd(1, ordering: .relaxed).newValue, ordering: .relaxed)
              inside.wrappingSubtract(1, ordering: .relaxed)
              try held.release()
            } catch {
              failures.wrappingAdd(1, ordering: .relaxed)
            }
          }
        }
      }
      for thread in threads { thread.join() }
      #expect(worst.load(ordering: .relaxed) == 1)
      #expect(failures.load(ordering: .relaxed) == 0)
    }
  }

  // MARK: Beside 1.0 peers

  @Test func aFreshLockOfAPeerIsHeldWhateverItsPIDAndIsNamed() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      try scene.leavePeerLock(secondsAgo: 4)
      let lock = try scene.lock()
      #expect(throws: WindowLock.Failure.timedOut(path: scene.lockPath, holder: .peer(process: 4_242))) {
        try lock.take(within: .milliseconds(20))
      }
      #expect(scene.isLocked)
    }
  }

  @Test func aLockUntouchedForLongerThanFiveSecondsIsTakenWithThePeersTemporaryFile() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      try scene.leavePeerLock(secondsAgo: 6)
      _ = try scene.channel.create("backend_to_frontend.tmp")
      let held = try scene.lock().take(within: .seconds(1))
      #expect(try !scene.channel.names().contains("backend_to_frontend.tmp"))
      #expect(try held.isOurs())
      try held.release()
      #expect(!scene.isLocked)
    }
  }

  @Test func aLockFromTheFutureDoesNotBlockForEver() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      try scene.leavePeerLock(secondsAgo: -3_600)
      let failure = WindowLock.Failure.timedOut(path: scene.lockPath, holder: .peer(process: 4_242))
      #expect(throws: failure) { try scene.lock().take(within: .milliseconds(10)) }
      let marks = try scene.staging.names().filter { $0.hasPrefix("seen-") }
      try #require(marks.count == 1)
      #expect(throws: failure) { try scene.lock().take(within: .milliseconds(10)) }
      // Another program, six seconds later.
      let mark = try scene.staging.openRegularFile(marks[0])
      let now = FileTime.now()
      try mark.setModified(to: FileTime(seconds: now.seconds - 6, nanoseconds: now.nanoseconds))
      try scene.lock().take(within: .seconds(1)).release()
      #expect(!scene.isLocked)
      #expect(try scene.staging.names().filter { $0.hasPrefix("seen-") }.isEmpty)
    }
  }

  @Test(arguments: [FileKind.directory, .symlink, .fifo]) func whatIsNoLockIsNamedAndLeftAlone(_ kind: FileKind) throws
  {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      let target = "\(path)/target"
      let made =
        switch kind {
        case .directory: unsafe mkdir(scene.lockPath, 0o700)
        case .symlink: unsafe symlink(target, scene.lockPath)
        default: unsafe mkfifo(scene.lockPath, 0o600)
        }
      try #require(made == 0)
      #expect(throws: WindowLock.Failure.obstructed(path: scene.lockPath, by: kind)) {
        try scene.lock().take(within: .seconds(5))
      }
      #expect(try scene.channel.facts(of: "backend_to_frontend.lock")?.kind == kind)
      #expect(unsafe access(target, F_OK) != 0, "nothing was made through the link")
    }
  }

  @Test func ourLockLooksLikeA10LockToPeers() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      let held = try scene.lock().take(within: .seconds(1))
      let text = String(
        decoding: try scene.channel.openRegularFile("backend_to_frontend.lock").read(256, at: 0),
        as: UTF8.self
      )
      #expect(text.hasPrefix("\(getpid())\ntransom 1 "))
      try held.release()
      #expect(!scene.isLocked)
    }
  }

  @Test func whoWasRobbedNoticesAndLeavesTheThiefsLockAlone() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      let held = try scene.lock().take(within: .seconds(1))
      try scene.channel.unlink("backend_to_frontend.lock")
      try scene.leavePeerLock(secondsAgo: 0)
      #expect(try !held.isOurs())
      try held.release()
      #expect(scene.isLocked)
    }
  }

  // MARK: Beside somebody who means harm

  @Test func aLockFromBeforeAllTimesIsOldEnough() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      try scene.leavePeerLock(secondsAgo: 0)
      let file = try scene.channel.openRegularFile("backend_to_frontend.lock")
      try file.setModified(to: FileTime(seconds: .min, nanoseconds: 0))
      try scene.lock().take(within: .seconds(1)).release()
      #expect(!scene.isLocked)
    }
  }

  @Test func aLockFromTheFutureThatIsTakenAgainCountsAnew() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      try scene.leavePeerLock(secondsAgo: -3_600)
      #expect(throws: WindowLock.Failure.self) { try scene.lock().take(within: .milliseconds(10)) }
      let now = FileTime.now()
      for name in try scene.staging.names() where name.hasPrefix("seen-") {
        let mark = try scene.staging.openRegularFile(name, for: .readingAndWriting)
        try mark.setModified(to: FileTime(seconds: now.seconds - 6, nanoseconds: now.nanoseconds))
      }
      // The same inode, as file systems give it to the next file at once, but another turn of its holder.
      let file = try scene.channel.openRegularFile("backend_to_frontend.lock")
      try file.setModified(to: FileTime(seconds: now.seconds + 3_700, nanoseconds: 0))
      #expect(throws: WindowLock.Failure.timedOut(path: scene.lockPath, holder: .peer(process: 4_242))) {
        try scene.lock().take(within: .milliseconds(10))
      }
      #expect(scene.isLocked)
    }
  }

  @Test func aPlantedMarkIsReplacedByAGoodOne() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      try scene.leavePeerLock(secondsAgo: -3_600)
      let stamp = try #require(try scene.channel.facts(of: "backend_to_frontend.lock")).stamp
      let time = stamp.modified
      let mark = "seen-backend_to_frontend-\(stamp.inode)-\(time.seconds)-\(time.nanoseconds)"
      RawFiles.makeSymlink("\(path)/.transom/staging/\(mark)", to: "\(path)/elsewhere")
      #expect(throws: WindowLock.Failure.self) { try scene.lock().take(within: .milliseconds(10)) }
      #expect(try scene.staging.facts(of: mark)?.kind == .regular)
      #expect(try scene.channel.facts(of: "elsewhere") == nil)
    }
  }

  @Test func aPeersTemporaryFileThatCannotBeRemovedDoesNotKeepUsOut() throws {
    try withScratchDirectory { path in
      let scene = try LockedChannel(path)
      try scene.leavePeerLock(secondsAgo: 6)
      _ = try scene.channel.makeSubdirectory("backend_to_frontend.tmp")
      try scene.lock().take(within: .seconds(1)).release()
      #expect(!scene.isLocked)
    }
  }
}
