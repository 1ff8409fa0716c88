import Glibc
import Testing

@testable import LinuxIO

@Suite("Who uses inotify") struct InotifyUsageTests {
  @Test func countsTheWatchesOfAnInstance() {
    let text = """
      pos:\t0
      flags:\t02004000
      mnt_id:\t15
      inotify wd:2 ino:1 sdev:2 mask:3c0 ignored_mask:0 fhandle-bytes:8
      inotify wd:1 ino:1 sdev:2 mask:3c0 ignored_mask:0 fhandle-bytes:8

      """
    #expect(InotifyUsage.watchCount(in: Array(text.utf8)) == 2)
    #expect(InotifyUsage.watchCount(in: Array("inotify wd".utf8)) == 0)
    #expect(InotifyUsage.watchCount(in: []) == 0)
  }

  @Test func findsOurOwnInstance() throws {
    let instance = inotify_init1(0)
    #expect(instance >= 0)
    defer { close(instance) }
    for path in ["/", "/proc"] { #expect(unsafe inotify_add_watch(instance, path, UInt32(IN_MOVED_TO)) > 0) }
    let own = try #require(try InotifyUsage.survey().usages.first { $0.process == getpid() })
    #expect(own.user == geteuid())
    #expect(own.instances >= 1 && own.watches >= 2)
    #expect(!own.name.isEmpty)
  }
}

@Suite("The age of a file") struct FileAgeTests {
  @Test func isNoneForWhatLiesAhead() {
    let now = FileTime(seconds: 100, nanoseconds: 5)
    #expect(FileTime(seconds: 100, nanoseconds: 5).age(at: now) == .zero)
    #expect(FileTime(seconds: 98, nanoseconds: 6).age(at: now) == .seconds(2) - .nanoseconds(1))
    #expect(FileTime(seconds: 100, nanoseconds: 6).age(at: now) == nil)
    #expect(FileTime(seconds: .min, nanoseconds: 0).age(at: now) == .seconds(Int64.max))
  }
}
