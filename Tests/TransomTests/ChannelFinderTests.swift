import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// What a finder tells; each test in a process of its own, since a process has one watcher.
@Suite(.timeLimit(.minutes(2))) struct ChannelFinderTests {
  /// Keeps what is told, for a test to wait for.
  private final class Told: Sendable {
    private let items = Mutex<[(news: ChannelFinder.News, at: UInt64)]>([])
    private let gate = Gate()

    func tell(_ news: ChannelFinder.News) {
      items.withLock { $0.append((news, KernelClock.sinceBoot())) }
      gate.open(forAll: true)
    }

    var all: [ChannelFinder.News] { items.withLock { $0.map(\.news) } }

    /// When it was told first; nil when it was not within 20 s.
    @discardableResult
    func moment(of wanted: (ChannelFinder.News) -> Bool) -> UInt64? {
      let deadline = Moment.now.advanced(by: .seconds(20))
      while true {
        let value = gate.value
        if let found = items.withLock({ $0.first { wanted($0.news) } }) { return found.at }
        if Moment.now >= deadline { return nil }
        gate.wait(while: value, until: deadline.nanoseconds)
      }
    }

    func isTold(_ news: ChannelFinder.News) -> Bool { moment { $0 == news } != nil }

    func forget() { items.withLock { $0.removeAll() } }
  }

  private static func withFinder(_ body: (_ root: String, _ finder: ChannelFinder, _ told: Told) throws -> Void) throws
  {
    try withScratchDirectory { path in
      let told = Told()
      let finder = ChannelFinder(by: try Watcher.shared(), told: told.tell)
      try body(path, finder, told)
      finder.remove(root: path)
    }
  }

  /// As 1.0 programs do it: the directory first, then what is in it.
  private static func makeSlowly(_ path: String) {
    RawFiles.makeDirectory(path)
    RawFiles.write("{}", to: path + "/.channel_info")
  }

  @Test func whatIsThereIsToldBeforeTheRootIsAdded() async {
    await #expect(processExitsWith: .success) {
      try ChannelFinderTests.withFinder { root, finder, told in
        for name in ["one", "deep", "deep/er"] { RawFiles.makeDirectory("\(root)/\(name)") }
        for name in ["one/a", "one/b", "deep/er/c"] { ChannelFinderTests.makeSlowly("\(root)/\(name)") }
        // Neither what is hidden in a channel, nor what is being made, nor what is no directory.
        ChannelFinderTests.makeSlowly("\(root)/one/a/.transom")
        ChannelFinderTests.makeSlowly("\(root)/one/.d.1f")
        RawFiles.makeSymlink("\(root)/link", to: "\(root)/one")
        finder.add(root: root)
        let expected = ["one/a", "one/b", "deep/er/c"].map { "\(root)/\($0)" }
        #expect(Set(told.all) == Set(expected.map { .appeared(path: $0) }))
        #expect(finder.channels == Set(expected) && told.all.count == 3)
      }
    }
  }

  @Test func channelsAppearMoveAndGo() async {
    await #expect(processExitsWith: .success) {
      try ChannelFinderTests.withFinder { root, finder, told in
        finder.add(root: root)
        ChannelFinderTests.makeSlowly("\(root)/slow")
        #expect(told.isTold(.appeared(path: "\(root)/slow")))
        _ = try ChannelFolder.open("\(root)/ours", options: ChannelFolder.Options())
        #expect(told.isTold(.appeared(path: "\(root)/ours")))
        // In directories that are made together with it.
        RawFiles.makeDirectory("\(root)/x")
        RawFiles.makeDirectory("\(root)/x/y")
        ChannelFinderTests.makeSlowly("\(root)/x/y/z")
        #expect(told.isTold(.appeared(path: "\(root)/x/y/z")))
        #expect(RawFiles.rename("\(root)/x", to: "\(root)/w"))
        #expect(told.isTold(.gone(path: "\(root)/x/y/z")))
        #expect(told.isTold(.appeared(path: "\(root)/w/y/z")))
        RawFiles.remove("\(root)/slow/.channel_info")
        #expect(unsafe rmdir("\(root)/slow") == 0)
        #expect(told.isTold(.gone(path: "\(root)/slow")))
        #expect(finder.channels == ["\(root)/ours", "\(root)/w/y/z"])
      }
    }
  }

  @Test func aRootThatVanishesIsLookedForUntilItIsBack() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let root = path + "/root"
        RawFiles.makeDirectory(root)
        ChannelFinderTests.makeSlowly(root + "/a")
        let told = Told()
        let finder = ChannelFinder(by: try Watcher.shared(), told: told.tell)
        finder.add(root: root)
        #expect(RawFiles.rename(root, to: path + "/away"))
        #expect(told.isTold(.gone(path: root + "/a")))
        #expect(told.moment { if case .trouble(let error) = $0 { error.code == .noChannel } else { false } } != nil)
        told.forget()
        #expect(RawFiles.rename(path + "/away", to: root))
        #expect(told.isTold(.appeared(path: root + "/a")))
        #expect(told.isTold(.mended(path: root)))
        // And what appears in it is noticed as before.
        ChannelFinderTests.makeSlowly(root + "/b")
        #expect(told.isTold(.appeared(path: root + "/b")))
        finder.remove(root: root)
        #expect(told.isTold(.gone(path: root + "/b")))
      }
    }
  }

  @Test func aDirectoryWithoutRightsIsToldOnceAndLookedAtWhenItHasThem() async throws {
    if geteuid() == 0 {
      print("skipped: whoever is root may look into everything")
      return
    }
    await #expect(processExitsWith: .success) {
      try ChannelFinderTests.withFinder { root, finder, told in
        RawFiles.makeDirectory("\(root)/closed")
        ChannelFinderTests.makeSlowly("\(root)/closed/a")
        RawFiles.setPermissions("\(root)/closed", to: 0)
        finder.add(root: root)
        #expect(told.all.count == 1)
        RawFiles.setPermissions("\(root)/closed", to: 0o700)
        ChannelFinderTests.makeSlowly("\(root)/b")
        #expect(told.isTold(.appeared(path: "\(root)/b")))
      }
    }
  }

  @Test func aNewChannelIsFoundWithinMilliseconds() async {
    await #expect(processExitsWith: .success) {
      try ChannelFinderTests.withFinder { root, finder, told in
        finder.add(root: root)
        var times: [UInt64] = []
        for number in 0..<51 {
          let path = "\(root)/channel \(number)"
          let begin = KernelClock.sinceBoot()
          ChannelFinderTests.makeSlowly(path)
          let moment = try #require(told.moment { $0 == .appeared(path: path) })
          times.append(moment - min(begin, moment))
        }
        let median = times.sorted()[25] / 1_000
        print("a new channel is found after \(median) us (median)")
        #expect(median < 5_000)
      }
    }
  }

  /// Ten thousand, idle: as a daemon that serves them all finds and attends to them.
  @Test func tenThousandAreFoundAndAttendedToWithinASecondOrTwo() async {
    await #expect(processExitsWith: .success) {
      try ChannelFinderTests.withFinder { root, finder, told in
        for number in 0..<10_000 {
          let path = "\(root)/\(number)"
          ChannelFinderTests.makeSlowly(path)
          for direction in ["backend_to_frontend", "frontend_to_backend"] {
            for part in ["/.transom", "/.transom/\(direction)", "/.transom/\(direction)/journal"]
            where RawFiles.read(path + part) == nil {
              _ = unsafe mkdir(path + part, 0o700)
            }
          }
        }
        let watcher = try Watcher.shared()
        let seen = Told()
        let before = RawFiles.residentBytes()
        let begin = KernelClock.sinceBoot()
        finder.add(root: root)
        var attentions: [ChannelAttention] = []
        for path in finder.channels {
          attentions.append(
            try ChannelAttention(to: path, by: watcher) { sight in
              if case .activity = sight { seen.tell(.appeared(path: path)) }
            }
          )
        }
        let time = (KernelClock.sinceBoot() - begin) / 1_000_000
        let each = (RawFiles.residentBytes() - before) / 10_000
        print("10,000 channels: \(time) ms, \(each) bytes each")
        #expect(time < 2_000 && each < 4_000)
        #expect(try RawFiles.openFiles(below: root) == [])
        let chosen = "\(root)/4711"
        RawFiles.write("x", to: chosen + "/.transom/backend_to_frontend/journal/00000000000000000001.seg")
        #expect(seen.isTold(.appeared(path: chosen)))
        #expect(seen.all.allSatisfy { $0 == .appeared(path: chosen) })
        withExtendedLifetime(attentions) {}
      }
    }
  }
}
