import Glibc
import LinuxIO
import TestSupport
import Testing

/// What the kernel does to watches, seen through the one instance; each test in a process of its own.
@Suite(.timeLimit(.minutes(2))) struct InotifyTests {
  @Test func anOverflowIsReportedOnceAndLaterEventsComeThrough() async {
    await #expect(processExitsWith: .success) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let watch = try inotify.add(path: scratch.path, [.movedTo, .onlyDirectory])
      try scratch.touch("a")
      let queue = try #require(InotifyLimits.current().queuedEvents)
      // Back and forth, so that no event is like the one before it and none is merged.
      for _ in 0..<max(20_000, queue + 4_000) / 2 {
        try scratch.move("a", to: "b")
        try scratch.move("b", to: "a")
      }
      let events = try inotify.next()
      #expect(events.count == queue + 1)
      #expect(events.filter(\.isOverflow) == [.overflow])
      #expect(events.last?.watch == -1)
      try scratch.move("a", to: "later")
      let later = try inotify.next()
      #expect(later.map(\.watch) == [watch])
      #expect(later.map(\.name) == [Array("later".utf8)])
    }
  }

  @Test func aDrainIsBoundedAndSaysThatThereIsMore() async {
    await #expect(processExitsWith: .success) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      _ = try inotify.add(path: scratch.path, [.created, .onlyDirectory])
      for number in 0..<25 { try scratch.touch("\(number)") }
      var events: [InotifyEvent] = []
      #expect(try inotify.drain(into: &events, limit: 10))
      #expect(events.count == 10)
      // The rest is in the library's own buffer: the descriptor does not show it, hence "drain before waiting".
      #expect(try Readiness.wait(on: [inotify.descriptor], for: .zero) == .timedOut)
      #expect(try inotify.drain(into: &events, limit: 10))
      #expect(try !inotify.drain(into: &events, limit: 10))
      #expect(events.map(\.nameText) == (0..<25).map { "\($0)" })
      #expect(try !inotify.drain(into: &events))
    }
  }

  @Test func aDirectoryDeletedAndMadeAgainGetsANewNumberUnderWhichItsEventsCome() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let mask: InotifyMask = [.created, .selfDeleted, .onlyDirectory]
      var numbers: [Int32] = []
      for round in 1...5 {
        let path = try scratch.makeDirectory("channel")
        let watch = try inotify.add(path: path, mask)
        #expect(!numbers.contains(watch))
        numbers.append(watch)
        try scratch.touch("channel/\(round)")
        #expect(try inotify.next() == [InotifyEvent(watch: watch, mask: .created, name: Array("\(round)".utf8))])
        unsafe unlink(scratch.path(of: "channel/\(round)"))
        try scratch.removeDirectory("channel")
        let end = try inotify.events(until: \.endsWatch)
        #expect(end.map(\.mask) == [.selfDeleted, .ignored])
        #expect(end.allSatisfy { $0.watch == watch })
        #expect(inotify.watchCount == 0)
        #expect(inotify.staleEntries == round)
        #expect(!inotify.remove(watch))
      }
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self) == "")
  }

  @Test func aDeletionIsToldOnlyOnceNobodyHoldsTheDirectoryOpen() async {
    await #expect(processExitsWith: .success) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let path = try scratch.makeDirectory("held")
      let watch: Int32
      do {
        let held = OwnedDescriptor(taking: unsafe open(path, O_RDONLY | O_DIRECTORY))
        watch = try inotify.add(held, [.selfDeleted, .attributesChanged, .onlyDirectory])
        try scratch.removeDirectory("held")
        #expect(try Readiness.wait(on: [inotify.descriptor], for: .zero) == .timedOut)
      }
      #expect(try inotify.events(until: \.endsWatch).last == InotifyEvent(watch: watch, mask: .ignored))
    }
  }

  @Test func aMovedDirectoryKeepsItsWatchAndSaysThatItMoved() async {
    await #expect(processExitsWith: .success) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let watch = try inotify.add(path: try scratch.makeDirectory("here"), [.created, .selfMoved, .onlyDirectory])
      try scratch.move("here", to: "there")
      try scratch.touch("there/file")
      let events = try inotify.events(until: { $0.mask.contains(.created) })
      #expect(events.map(\.mask) == [.selfMoved, .created])
      #expect(events.allSatisfy { $0.watch == watch })
    }
  }

  @Test func anUnmountIsToldAndEndsTheWatch() throws {
    let scratch = try InotifyScratch()
    let script = """
      mount -t tmpfs none "$1" || { echo not permitted; exit 0; }
      "$2" inotify-follow "$1" | while read line; do echo "$line"; [ "$line" = watching ] && umount "$1"; done
      """
    let result = try ProcessRun.run("unshare", "-m", "sh", "-c", script, "sh", scratch.path, try ProcessRun.peer)
    guard !result.output.contains("not permitted") else {
      print("skipped: mounting is not permitted here: \(result.output)")
      return
    }
    #expect(result.output == "watching\nown 2000\nown 8000\n")
  }

  @Test func aThousandRenamesBeforeAReadAreHintsAndNotACount() async {
    await #expect(processExitsWith: .success) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let watch = try inotify.add(path: scratch.path, [.movedTo, .onlyDirectory])
      for _ in 0..<1_000 {
        try scratch.touch("new")
        try scratch.move("new", to: "window")
      }
      let events = try inotify.next()
      #expect((1...1_000).contains(events.count))
      #expect(events.allSatisfy { $0.watch == watch && $0.nameText == "window" })
      print("1,000 renames to one name came as \(events.count) event(s)")
    }
  }

  @Test func namesSurviveAsTheBytesTheyAre() async {
    await #expect(processExitsWith: .success) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      _ = try inotify.add(path: scratch.path, [.created, .onlyDirectory])
      let names: [[UInt8]] = [
        [UInt8](repeating: UInt8(ascii: "n"), count: 255), [UInt8](repeating: 0xff, count: 255),
        Array("two\nlines".utf8), [0xff, 0xfe, 0x80], [0x20], [0x01], Array("%n%s".utf8), Array("é".utf8),
      ]
      for name in names { try scratch.touch(name) }
      #expect(try inotify.next().map(\.name) == names)
    }
  }

  @Test func aMaskIsChangedUnderTheSameNumberAndLeavesNothingBehind() async {
    await #expect(processExitsWith: .success) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let directory = OwnedDescriptor(taking: unsafe open(scratch.path, O_RDONLY | O_DIRECTORY))
      let watch = try inotify.add(directory, [.created, .onlyDirectory])
      try inotify.change(watch, of: directory, to: [.movedTo, .onlyDirectory])
      try scratch.touch("made")
      try scratch.move("made", to: "moved")
      #expect(try inotify.next().map(\.mask) == [.movedTo])
      #expect(inotify.staleEntries == 0)

      let other = OwnedDescriptor(taking: unsafe open("/tmp", O_RDONLY | O_DIRECTORY))
      #expect(throws: InotifyRefusal.notItsWatch(watch)) { try inotify.change(watch, of: other, to: .created) }
      #expect(throws: InotifyRefusal.notItsWatch(99)) { try inotify.change(99, of: directory, to: .created) }
      // What had no watch before has none now: its end is all that is heard.
      try scratch.touch("after")
      #expect(try inotify.next().map(\.mask) == [.ignored])
      #expect(inotify.watchCount == 1)
    }
  }

  @Test func aRemovedWatchIsOverWithoutAnEntryLeftBehind() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let watch = try inotify.add(path: scratch.path, [.created, .onlyDirectory])
      #expect(inotify.remove(watch))
      #expect(!inotify.remove(watch))
      try scratch.touch("unseen")
      #expect(try inotify.next() == [InotifyEvent(watch: watch, mask: .ignored)])
      #expect(inotify.staleEntries == 0)
      let again = try inotify.add(path: scratch.path, [.created, .onlyDirectory])
      #expect(again != watch)
    }
    #expect(result.standardErrorContent.isEmpty)
  }

  @Test func removingAWatchThatHasJustEndedByItselfIsSilent() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let gone = try inotify.add(path: try scratch.makeDirectory("gone"), [.created, .onlyDirectory])
      let kept = try inotify.add(path: try scratch.makeDirectory("kept"), [.created, .onlyDirectory])
      try scratch.removeDirectory("gone")
      #expect(!inotify.remove(gone))
      // With something unread nobody can tell which watches are over, so this one's entry stays as well.
      #expect(inotify.remove(kept))
      #expect(inotify.staleEntries == 2)
      #expect(try inotify.next().map(\.mask) == [.ignored, .ignored])
      #expect(inotify.staleEntries == 2)
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self) == "")
  }

  @Test func removingAWatchWhoseEndAnOverflowHidIsSilent() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let gone = try inotify.add(path: try scratch.makeDirectory("gone"), [.created, .onlyDirectory])
      let kept = try inotify.add(path: scratch.path, [.movedTo, .onlyDirectory])
      try scratch.touch("a")
      let queue = try #require(InotifyLimits.current().queuedEvents)
      for _ in 0...queue / 2 {
        try scratch.move("a", to: "b")
        try scratch.move("b", to: "a")
      }
      try scratch.removeDirectory("gone")
      #expect(try !inotify.next().contains { $0.watch == gone })
      #expect(!inotify.remove(gone))
      #expect(inotify.remove(kept))
      #expect(inotify.watchCount == 0)
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self) == "")
  }
}
