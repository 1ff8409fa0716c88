// File systems that are full, read-only, or not ours to write.

import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("Publishing where the file system refuses", .timeLimit(.minutes(1)))
struct HostileFileSystemTests {
  static let mounting: ConditionTrait = .enabled(
    if: MountNamespace.refusal == nil,
    "mounting is not permitted here: \(MountNamespace.refusal ?? "")"
  )

  @Test(mounting) func `on a full file system the window stays and staging is clean`() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        #expect(MountNamespace.enter() == nil)
        #expect(MountNamespace.mountMemory(at: path, options: "size=1m,mode=0700") == nil)
        defer { MountNamespace.unmount(path) }
        let bench = try Bench(path)
        let old = try bench.putWindow("old")
        let half = String(repeating: "x", count: 600 << 10)
        #expect(try bench.publish(half, expecting: old).replacedStamp == old)
        let known = try #require(try bench.directory.facts(of: "window.json")).stamp
        // The second half does not fit beside the first: part of it is written, then there is no space.
        let error = #expect(throws: SystemError.self) { _ = try bench.stage(half) }
        #expect(error?.code == ENOSPC)
        #expect(RawFiles.read(bench.windowPath) == half)
        #expect(try bench.stagedNames() == [])
        #expect(try bench.publish("small", expecting: known).replacedStamp == known)
      }
    }
  }

  @Test(mounting) func `on a read-only file system the window stays, and staging is cleaned later`() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        #expect(MountNamespace.enter() == nil)
        #expect(MountNamespace.mountMemory(at: path, options: "size=1m,mode=0700") == nil)
        defer { MountNamespace.unmount(path) }
        let bench = try Bench(path)
        let old = try bench.putWindow("old")
        let staged = try bench.stage("new")
        #expect(MountNamespace.remount(path, isReadOnly: true) == nil)
        let atPublishing = #expect(throws: FileError.self) {
          _ = try bench.window.publish(staged, expecting: old)
        }
        #expect(atPublishing?.code == EROFS)
        let atStaging = #expect(throws: SystemError.self) { _ = try bench.stage("new") }
        #expect(atStaging?.code == EROFS)
        #expect(RawFiles.read(bench.windowPath) == "old")
        #expect(MountNamespace.remount(path, isReadOnly: false) == nil)
        #expect(try bench.stagedNames() == [])
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can become somebody else"), arguments: ["staging", "window"])
  func `without rights the window stays and staging is clean`(_ closed: String) async {
    await #expect(processExitsWith: .success) { [closed = closed as String] in
      let path = try ScratchDirectory.make()
      let bench = try Bench(path)
      let old = try bench.putWindow("old")
      RawFiles.setPermissions(path, to: 0o755)
      RawFiles.setPermissions(bench.windowPath, to: 0o644)
      RawFiles.setPermissions(path + "/staging", to: closed == "staging" ? 0o755 : 0o777)
      try Self.becomeNobody()
      let stranger = try Bench(path)
      let error = #expect(throws: (any Error).self) { _ = try stranger.publish("new", expecting: old) }
      let code =
        switch error {
        case let error as SystemError: error.code
        case let error as FileError: error.code
        default: nil as Int32?
        }
      #expect(code == EACCES)
      #expect(RawFiles.read(stranger.windowPath) == "old")
      #expect(try stranger.stagedNames() == [])
      try Self.becomeRootAgain()
      try ScratchDirectory.remove(path)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can become somebody else"))
  func `a file that may not be read says so`() async {
    await #expect(processExitsWith: .success) {
      let path = try ScratchDirectory.make()
      RawFiles.setPermissions(path, to: 0o755)
      RawFiles.write("secret", to: path + "/file")
      try Self.becomeNobody()
      let directory = try Directory.open(path)
      let error = #expect(throws: FileError.self) { _ = try directory.openRegularFile("file") }
      #expect(error?.code == EACCES)
      #expect(error?.description.contains("\(path)/file") == true)
      try Self.becomeRootAgain()
      try ScratchDirectory.remove(path)
    }
  }

  /// Root is refused nothing; the effective user alone is what the kernel asks for.
  static func becomeNobody() throws {
    try #require(setgroups(0, nil) == 0 && setegid(65_534) == 0 && seteuid(65_534) == 0)
  }

  static func becomeRootAgain() throws {
    try #require(seteuid(0) == 0 && setegid(0) == 0)
  }
}

extension FileError {
  var code: Int32? { if case .system(let error) = self { error.code } else { nil } }
}
