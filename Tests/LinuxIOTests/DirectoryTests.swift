// Directories by descriptor: what is opened, what is refused, and which rights are given.

import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("Directories", .timeLimit(.minutes(1)))
struct DirectoryTests {
  @Test(arguments: Intruder.allCases, [true, false])
  func `refuse what is no regular file, by name`(_ intruder: Intruder, _ hasOpenat2: Bool) throws {
    try withScratchDirectory { path in
      let directory = try Directory.open(path, calls: KernelCalls(openat2: hasOpenat2))
      intruder.stand(at: path + "/file")
      let refusal = FileError.refused(FileRefusal(path: path + "/file", reason: intruder.reason))
      for access in [FileAccess.reading, .writing, .readingAndWriting] {
        #expect(throws: refusal) { _ = try directory.openRegularFile("file", for: access) }
      }
    }
  }

  @Test(arguments: [true, false])
  func `refuse a device`(_ hasOpenat2: Bool) throws {
    let directory = try Directory.open("/dev", calls: KernelCalls(openat2: hasOpenat2))
    #expect(throws: FileError.refused(FileRefusal(path: "/dev/null", reason: .device))) {
      _ = try directory.openRegularFile("null")
    }
  }

  @Test(arguments: ["../outside", "/etc/passwd", "a/b", "..", ".", "", "cut\0off"])
  func `refuse names that lead elsewhere`(_ name: String) throws {
    try withScratchDirectory { path in
      RawFiles.makeDirectory(path + "/a")
      RawFiles.write("b", to: path + "/a/b")
      RawFiles.write("cut", to: path + "/cut")
      let directory = try Directory.open(path)
      let error = #expect(throws: FileError.self) { _ = try directory.openRegularFile(name) }
      #expect(error?.code == EINVAL)
    }
  }

  @Test(arguments: ["", "/", "//"])
  func `are not opened through a symbolic link`(_ end: String) throws {
    try withScratchDirectory { path in
      RawFiles.makeDirectory(path + "/real")
      RawFiles.makeSymlink(path + "/link", to: path + "/real")
      #expect(throws: FileError.self) { _ = try Directory.open(path + "/link" + end) }
      let directory = try Directory.open(path)
      #expect(throws: FileError.refused(FileRefusal(path: path + "/link", reason: .symlink))) {
        _ = try directory.subdirectory("link")
      }
      _ = try Directory.open(path + "/real" + end)
    }
  }

  @Test func `refuse a file where a directory belongs`() throws {
    try withScratchDirectory { path in
      RawFiles.write("", to: path + "/file")
      #expect(throws: FileError.refused(FileRefusal(path: path + "/file", reason: .notADirectory))) {
        _ = try Directory.open(path).subdirectory("file")
      }
    }
  }

  @Test func `refuse a file over the limit, and read one up to it`() throws {
    try withScratchDirectory { path in
      RawFiles.write("12345", to: path + "/file")
      let directory = try Directory.open(path)
      #expect(try directory.openRegularFile("file", limit: 5).readAll(limit: 5) == Array("12345".utf8))
      #expect(throws: FileError.refused(FileRefusal(path: path + "/file", reason: .tooLarge(5, limit: 4)))) {
        _ = try directory.openRegularFile("file", limit: 4)
      }
      // One that grew after it was opened.
      let file = try directory.openRegularFile("file", limit: 5)
      RawFiles.write("123456", to: path + "/file")
      #expect(throws: FileError.refused(FileRefusal(path: path + "/file", reason: .tooLarge(6, limit: 5)))) {
        _ = try file.readAll(limit: 5)
      }
    }
  }

  @Test func `refuse to write a file that has another name, and read it`() throws {
    try withScratchDirectory { path in
      RawFiles.write("mine", to: path + "/outside")
      RawFiles.makeDirectory(path + "/channel")
      RawFiles.link(path + "/outside", to: path + "/channel/file")
      let directory = try Directory.open(path + "/channel")
      let whole = path + "/channel/file"
      let refusal = FileError.refused(FileRefusal(path: whole, reason: .hasOtherNames(1)))
      for access in [FileAccess.writing, .readingAndWriting] {
        #expect(throws: refusal) { _ = try directory.openRegularFile("file", for: access) }
      }
      let error = #expect(throws: refusal) { _ = try directory.openOrCreate("file") }
      #expect(error?.description.hasPrefix("\(whole): has 1 other name (hard links)") == true)
      #expect(try directory.openRegularFile("file").readAll(limit: 4) == Array("mine".utf8))
      RawFiles.remove(path + "/outside")
      _ = try directory.openOrCreate("file")
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a directory away"))
  func `refuse a stranger's directory, and believe the owner of the one opened by path`() throws {
    try withScratchDirectory { path in
      RawFiles.makeDirectory(path + "/sub")
      RawFiles.setOwner(path + "/sub", user: 12_345, group: 12_345)
      #expect(throws: FileError.refused(FileRefusal(path: path + "/sub", reason: .strangerOwner(12_345)))) {
        _ = try Directory.open(path).subdirectory("sub")
      }
      RawFiles.setOwner(path, user: 12_345, group: 12_345)
      _ = try Directory.open(path).subdirectory("sub")
    }
  }

  @Test(arguments: [0o700, 0o750, 0o755, 0o770, 0o777] as [UInt32], [0o022, 0o077] as [UInt32])
  func `give their rights to what is made in them, whatever the umask`(
    _ permissions: UInt32,
    _ mask: UInt32
  ) async {
    // The umask belongs to the process.
    await #expect(processExitsWith: .success) { [permissions = permissions as UInt32, mask = mask as UInt32] in
      try withScratchDirectory { path in
        let isRoot = geteuid() == 0
        if isRoot { RawFiles.setOwner(path, user: 0, group: 12_345) }
        RawFiles.setPermissions(path, to: permissions)
        umask(mask)
        let directory = try Directory.open(path)
        let made = try directory.create("file").factsAtOpening
        let file = try #require(try directory.facts(of: "file"))
        #expect(file.permissions == permissions & 0o666)
        #expect(made.permissions == file.permissions && made.group == file.group)
        let sub = try directory.makeSubdirectory("sub").factsAtOpening
        #expect(sub.permissions == permissions)
        if isRoot { #expect(file.group == 12_345 && sub.group == 12_345) }
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a directory to another group"))
  func `give a group nothing until it is the right one`() throws {
    try withScratchDirectory { path in
      RawFiles.setOwner(path, user: 0, group: 12_345)
      RawFiles.setPermissions(path, to: 0o770)
      let calls = FaultyCalls()
      let directory = try Directory.open(path, calls: calls)
      let early = PermissionsSeen()
      calls.plan(.nth(1, .setGroup), .first { early.value = try? Directory.open(path).facts(of: "file")?.permissions })
      #expect(try directory.create("file").factsAtOpening.permissions == 0o660)
      #expect(early.value == 0o600)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a directory to another group"))
  func `give what all others get where the group cannot be kept, and fail where it alone writes`() throws {
    try withScratchDirectory { path in
      RawFiles.setOwner(path, user: 0, group: 12_345)
      let calls = FaultyCalls()
      calls.plan(.every(.setGroup), .fail(EPERM))
      for (permissions, given) in [(0o750, 0o600), (0o755, 0o644), (0o777, 0o666)] as [(UInt32, UInt32)] {
        RawFiles.setPermissions(path, to: permissions)
        let directory = try Directory.open(path, calls: calls)
        #expect(try directory.create("\(permissions)").factsAtOpening.permissions == given)
      }
      RawFiles.setPermissions(path, to: 0o770)
      let shared = try Directory.open(path, calls: calls)
      #expect(throws: SystemError("setGroup", on: path + "/other", code: EPERM)) { _ = try shared.create("other") }
      #expect(try shared.facts(of: "other") == nil)
    }
  }

  @Test func `list all their names, those that are not UTF-8 left out`() throws {
    try withScratchDirectory { path in
      let directory = try Directory.open(path)
      let expected = (0..<3000).map { "a-rather-long-name-so-that-one-block-does-not-do-\($0)" }
      for name in expected { RawFiles.write("", to: path + "/" + name) }
      let bytes = Array((path + "/odd").utf8CString.dropLast()) + [CChar(bitPattern: 0xff), 0]
      let odd = unsafe open(bytes, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
      #expect(odd >= 0)
      close(odd)
      #expect(try directory.names().sorted() == expected.sorted())
      // A second time: a listing has no memory.
      #expect(try directory.names().count == 3000)
      #expect(unsafe unlink(bytes) == 0)
    }
  }

  @Test func `are empty once they were removed`() throws {
    try withScratchDirectory { path in
      let directory = try Directory.open(path)
      let inner: Directory = try directory.makeSubdirectory("inner")
      try directory.removeSubdirectory("inner")
      #expect(try inner.names() == [])
    }
  }

  @Test func `know whether their path still leads to them`() throws {
    try withScratchDirectory { path in
      RawFiles.makeDirectory(path + "/one")
      let directory = try Directory.open(path + "/one")
      #expect(directory.isStillAtItsPath())
      #expect(RawFiles.rename(path + "/one", to: path + "/two"))
      #expect(!directory.isStillAtItsPath())
      RawFiles.makeDirectory(path + "/one")
      #expect(!directory.isStillAtItsPath())
      RawFiles.write("still mine", to: path + "/two/file")
      #expect(try directory.facts(of: "file") != nil)
    }
  }

  @Test(arguments: [EMFILE, ENFILE, EIO, EACCES])
  func `are not taken for lost when that cannot be told`(_ code: Int32) throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let directory = try Directory.open(path, calls: calls)
      calls.plan(.nth(1, .openDirectory), .fail(code))
      #expect(directory.isStillAtItsPath())
    }
  }

  @Test func `make a directory whole or not at all`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let directory = try Directory.open(path, calls: calls)
      var number = 1
      while number < 50 {
        calls.reset()
        calls.plan(.overall(number), .fail(EIO))
        do {
          _ = try directory.makeSubdirectory("sub")
          break
        } catch {
          calls.reset()
          #expect(try directory.facts(of: "sub") == nil, "call \(number)")
        }
        number += 1
      }
      #expect(number > 3 && number < 50)
    }
  }

  @Test func `name the call and the path in their errors`() throws {
    try withScratchDirectory { path in
      let directory = try Directory.open(path)
      let error = #expect(throws: FileError.self) { _ = try directory.openRegularFile("missing") }
      #expect(error?.description == "\(path)/missing: cannot be opened: No such file or directory")
      let second = #expect(throws: SystemError.self) { try directory.rename("a", to: "b", in: directory) }
      #expect(second?.description == "\(path)/a to \(path)/b: cannot be renamed: No such file or directory")
    }
  }
}

/// What a look in the middle of another's call has found.
final class PermissionsSeen: @unchecked Sendable {
  // Set and read on one thread: the effects of FaultyCalls run where the call is made.
  var value: UInt32?
}
