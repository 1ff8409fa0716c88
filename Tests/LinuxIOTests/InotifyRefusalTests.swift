import Glibc
import LinuxIO
import TestSupport
import Testing

/// What is refused, and how it is told.
@Suite(.timeLimit(.minutes(1))) struct InotifyRefusalTests {
  @Test func whatIsNoDirectoryIsRefusedAndNothingIsPrinted() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      try scratch.touch("file")
      let file = scratch.path(of: "file")
      let fifo = scratch.path(of: "fifo")
      let link = scratch.path(of: "link")
      let socket = scratch.path(of: "loop")
      try #require(unsafe mkfifo(fifo, 0o600) == 0)
      try #require(unsafe symlink(scratch.path, link) == 0)
      try #require(unsafe symlink(socket, socket) == 0)
      for path in [file, fifo] {
        #expect(throws: InotifyRefusal.notDirectory(path)) { try inotify.add(path: path, [.created, .onlyDirectory]) }
      }
      #expect(throws: InotifyRefusal.notDirectory(link)) {
        try inotify.add(path: link, [.created, .onlyDirectory, .dontFollow])
      }
      #expect(throws: InotifyRefusal.notDirectory(file + "/x")) { try inotify.add(path: file + "/x", .created) }
      let missing = scratch.path(of: "missing")
      #expect(throws: InotifyRefusal.missing(missing)) { try inotify.add(path: missing, .created) }
      #expect(throws: InotifyRefusal.refused(SystemError("open", on: socket, code: ELOOP))) {
        try inotify.add(path: socket, .created)
      }
      let long = scratch.path(of: String(repeating: "n", count: 5_000))
      #expect(throws: InotifyRefusal.refused(SystemError("open", on: long, code: ENAMETOOLONG))) {
        try inotify.add(path: long, .created)
      }
      #expect(inotify.watchCount == 0)
      let watch = try inotify.add(path: link, [.created, .onlyDirectory])
      try scratch.touch("through the link")
      #expect(try inotify.next().map(\.watch) == [watch])
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self) == "")
  }

  @Test func oneDirectoryHasOneWatchWhateverThePath() async {
    await #expect(processExitsWith: .success) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let watch = try inotify.add(path: scratch.path, [.created, .onlyDirectory])
      let other = scratch.path + "/./"
      #expect(throws: InotifyRefusal.alreadyWatched(other)) { try inotify.add(path: other, .movedTo) }
      try scratch.touch("file")
      #expect(try inotify.next() == [InotifyEvent(watch: watch, mask: .created, name: Array("file".utf8))])
    }
  }

  @Test func runningOutOfWatchesNamesTheSettingAndTheRestGoesOn() throws {
    let scratch = try InotifyScratch()
    let script = """
      echo 5 > /proc/sys/user/max_inotify_watches || { echo not permitted; exit 0; }
      exec "$1" inotify-fill "$2" 10
      """
    let result = try ProcessRun.run(
      "unshare",
      "-U",
      "-r",
      "sh",
      "-c",
      script,
      "sh",
      try ProcessRun.peer,
      scratch.path
    )
    guard isPermitted(result.output) else { try Test.cancel("no limits to be set here: \(result.output)") }
    #expect(result.code == 0)
    #expect(
      result.output == """
        refused after 5: this user has as many watches as are allowed: user.max_inotify_watches is 5; \
        raise it as root: sysctl -w user.max_inotify_watches=65536
        removed: true
        added again: true

        """
    )
  }

  @Test func runningOutOfInstancesNamesTheSetting() throws {
    let script = """
      echo 0 > /proc/sys/user/max_inotify_instances || { echo not permitted; exit 0; }
      exec "$1" inotify-open
      """
    let result = try ProcessRun.run("unshare", "-U", "-r", "sh", "-c", script, "sh", try ProcessRun.peer)
    guard isPermitted(result.output) else { try Test.cancel("no limits to be set here: \(result.output)") }
    #expect(result.code == 1)
    #expect(
      result.output == """
        error: inotify: this user has as many instances as are allowed: user.max_inotify_instances is 0; \
        raise it as root: sysctl -w user.max_inotify_instances=512

        """
    )
  }

  private func isPermitted(_ output: String) -> Bool {
    if !output.contains("not permitted") { return true }
    print("skipped: a user namespace with its own limits is not permitted here: \(output)")
    return false
  }

  @Test func theLimitsAreReadAsNumbers() throws {
    let limits = InotifyLimits.current()
    #expect(try #require(limits.watches) > 0)
    #expect(try #require(limits.instances) > 0)
    #expect(try #require(limits.queuedEvents) > 0)
    #expect(try #require(limits.namespaceWatches) > 0)
    #expect(try #require(limits.namespaceInstances) > 0)
    #expect(limits.watchLimit.value == min(limits.watches ?? 0, limits.namespaceWatches ?? 0))
  }
}
