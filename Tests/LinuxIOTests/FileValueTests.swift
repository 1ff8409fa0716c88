// The small values: whom to trust, which file system, which bytes of a listing; and reading and writing by pieces.

import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("Values of the file layer")
struct FileValueTests {
  static let hasSharedMemory = unsafe access("/dev/shm", F_OK) == 0

  struct Owner: CustomTestStringConvertible {
    let testDescription: String
    let owner: UInt32
    let group: UInt32
    let directory: UInt32
    let isStranger: Bool
  }

  static func facts(owner: UInt32, group: UInt32, permissions: UInt32, kind: FileKind = .regular) -> FileFacts {
    FileFacts(
      kind: kind,
      permissions: permissions,
      owner: owner,
      group: group,
      links: 1,
      stamp: FileStamp(device: 1, inode: 2, size: 3, modified: FileTime(seconds: 4, nanoseconds: 5)),
      changed: FileTime(seconds: 6, nanoseconds: 7)
    )
  }

  @Test(arguments: [
    Owner(testDescription: "ours", owner: 1000, group: 9, directory: 0o700, isStranger: false),
    Owner(testDescription: "root's", owner: 0, group: 9, directory: 0o700, isStranger: false),
    Owner(testDescription: "the directory owner's", owner: 2000, group: 9, directory: 0o700, isStranger: false),
    Owner(testDescription: "another's", owner: 3000, group: 9, directory: 0o777, isStranger: true),
    Owner(testDescription: "another's of the group", owner: 3000, group: 50, directory: 0o770, isStranger: false),
    Owner(testDescription: "the same, group may not write", owner: 3000, group: 50, directory: 0o757, isStranger: true),
  ])
  func `a stranger is neither we, root, the owner, nor of a group that writes`(_ file: Owner) {
    let trust = Trust(
      user: 1000,
      directory: Self.facts(owner: 2000, group: 50, permissions: file.directory, kind: .directory)
    )
    let facts = Self.facts(owner: file.owner, group: file.group, permissions: 0o600)
    #expect(trust.isStranger(facts) == file.isStranger)
    #expect(trust.refusal(of: facts) == (file.isStranger ? .strangerOwner(file.owner) : nil))
  }

  @Test func `a file system is known by its number, or named by it`() throws {
    #expect(FileSystemKind(number: 0x6969).name == "nfs")
    #expect(FileSystemKind(number: 0x6969).sight == .onlyLocalWriters)
    #expect(!FileSystemKind(number: 0x6969).isFlockKernelWide)
    #expect(FileSystemKind(number: 0xef53).sight == .everyWriter)
    #expect(FileSystemKind(number: 0x794c_7630).sight == .unsure)
    let unknown = FileSystemKind(number: 0xdead_beef)
    #expect(unknown.name == "unknown (0xdeadbeef)")
    #expect(unknown.sight == .unsure && !unknown.isFlockKernelWide)
    // What the kernel says of one that is always there.
    #expect(try Directory.open("/proc").fileSystem().number == 0x9fa0)
  }

  @Test(.enabled(if: hasSharedMemory, "no /dev/shm here"))
  func `the kernel calls a tmpfs a tmpfs`() throws {
    let kind = try Directory.open("/dev/shm").fileSystem()
    #expect(kind.name == "tmpfs" && kind.isFlockKernelWide && kind.sight == .everyWriter)
  }

  @Test(arguments: [1, 2, 3, 1000])
  func `reading goes on after short reads`(_ most: Int) throws {
    try withScratchDirectory { path in
      RawFiles.write("0123456789", to: path + "/file")
      let calls = FaultyCalls()
      calls.plan(.every(.read), .short(most))
      let file = try Directory.open(path, calls: calls).openRegularFile("file")
      #expect(try file.readAll(limit: 10) == Array("0123456789".utf8))
      #expect(try file.read(4, at: 3) == Array("3456".utf8))
      #expect(try file.read(100, at: 8) == Array("89".utf8))
      #expect(try file.read(4, at: 10) == [])
    }
  }

  @Test func `reads into the free part of a buffer, keeping what is there`() throws {
    try withScratchDirectory { path in
      RawFiles.write("0123456789", to: path + "/file")
      let file = try Directory.open(path).openRegularFile("file")
      var bytes = Array("kept ".utf8)
      try bytes.append(addingCapacity: 4) { output throws(SystemError) in
        #expect(try file.read(into: &output, at: 6) == 4)
      }
      #expect(bytes == Array("kept 6789".utf8))
    }
  }

  @Test(arguments: [1, 4, 1000])
  func `writing goes on after short writes, and cuts and appends where told`(_ most: Int) throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      calls.plan(.every(.write), .short(most))
      let file = try Directory.open(path, calls: calls).create("file")
      try file.write(Array("0123456789".utf8).span, at: 0)
      try file.write(Array("AB".utf8).span, at: 4)
      try file.truncate(to: 8)
      #expect(RawFiles.read(path + "/file") == "0123AB67")
    }
  }

  @Test func `a file is closed to its children`() throws {
    try withScratchDirectory { path in
      let directory = try Directory.open(path)
      let file = try directory.create("file")
      let number = try #require(try RawFiles.descriptors(of: path + "/file").first)
      #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
      #expect(fcntl(directory.descriptorNumber, F_GETFD) & FD_CLOEXEC != 0)
      try file.close()
      #expect(try RawFiles.descriptors(of: path + "/file") == [])
    }
  }
}
