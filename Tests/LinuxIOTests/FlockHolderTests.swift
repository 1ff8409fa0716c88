import Glibc
import TestSupport
import Testing

@testable import LinuxIO

@Suite struct FlockHolderTests {
  static let list = Array(
    """
    1: FLOCK  ADVISORY  WRITE 4242 fe:01:1837 0 EOF
    1: -> FLOCK  ADVISORY  WRITE 4243 fe:01:1837 0 EOF
    2: POSIX  ADVISORY  WRITE 7 fe:01:1838 0 EOF
    3: FLOCK  ADVISORY  READ 8 fe:01:1838 0 EOF
    4: FLOCK  ADVISORY  WRITE 0 fe:01:1839 0 EOF
    5: FLOCK  ADVISORY  WRITE 9 00:1b:1837 0 EOF
    6: FLOCK

    x
    """.utf8
  )

  @Test func findsTheHolderAndNotWhoWaits() {
    #expect(FlockHolder.find(device: 0xFE01, inode: 1_837, in: Self.list) == 4_242)
    #expect(FlockHolder.find(device: 0x1B, inode: 1_837, in: Self.list) == 9)
  }

  @Test func tellsNothingOfOtherLocksAndOfProcessesThatAreNotVisible() {
    for inode in [1_838, 1_839, 1_840] as [UInt64] {
      #expect(FlockHolder.find(device: 0xFE01, inode: inode, in: Self.list) == nil)
    }
  }

  @Test func damagedListsTellNothing() {
    for count in 0..<Self.list.count {
      _ = FlockHolder.find(device: 0xFE01, inode: 1_837, in: Array(Self.list[..<count]))
    }
    #expect(FlockHolder.find(device: 0xFE01, inode: 1_837, in: [0xFF, 0x20, 0x0A]) == nil)
  }

  @Test func theKernelNamesThisProcess() throws {
    try withScratchDirectory { path in
      let lock = try FileLock("lock", in: try Directory.open(path))
      #expect(try FlockHolder.find(of: lock.file.factsAtOpening.stamp) == nil)
      #expect(try lock.tryLock() == .locked)
      #expect(try FlockHolder.find(of: lock.file.factsAtOpening.stamp) == getpid())
    }
  }
}
