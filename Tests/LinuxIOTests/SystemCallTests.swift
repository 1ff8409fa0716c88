// What becomes of the codes that calls leave.

import Glibc
import TestSupport
import Testing

@testable import LinuxIO

@Suite("System calls", .timeLimit(.minutes(1)))
struct SystemCallTests {
  @Test(arguments: [EBADF, EFAULT, EIO, 4_095])
  func `on files throw whatever a file server answers`(_ code: Int32) async {
    // In a process of its own: what must not happen is that it ends.
    await #expect(processExitsWith: .success) { [code = code as Int32] in
      #expect(throws: SystemError("fsync", on: "file", code: code)) {
        _ = try systemCall("fsync", on: "file") { () -> Int32 in
          errno = code
          return -1
        }
      }
    }
  }

  @Test(arguments: [EBADF, EFAULT])
  func `that the kernel answers by itself trap on our own mistakes`(_ code: Int32) async {
    await #expect(processExitsWith: .failure) { [code = code as Int32] in
      _ = try? kernelCall("ppoll") { () -> Int32 in
        errno = code
        return -1
      }
    }
  }

  @Test func `that the kernel answers by itself throw all else`() {
    #expect(throws: SystemError("ppoll", code: ENOMEM)) {
      _ = try kernelCall("ppoll") { () -> Int32 in
        errno = ENOMEM
        return -1
      }
    }
  }
}
