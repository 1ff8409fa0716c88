// What other programs do to files, without any of our own code.

internal import Glibc
package import LinuxIO

/// Plain calls on paths, for the part of everybody else; what fails is a fault of the test and traps.
package enum RawFiles {
  /// Writes a file in place, making it if it is missing.
  package static func write(_ text: String, to path: String) {
    let number = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    precondition(number >= 0, "\(path) cannot be written")
    var text = text
    let written = text.withUTF8 { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
    precondition(written == text.utf8.count, "\(path) was not written whole")
    close(number)
  }

  /// Replaces a file as a 1.0 peer does: a temporary one beside it, then a rename.
  package static func replace(_ path: String, with text: String) {
    write(text, to: path + ".tmp")
    precondition(unsafe Glibc.rename(path + ".tmp", path) == 0, "\(path) cannot be replaced")
  }

  /// The whole file as text, nil when it cannot be opened.
  package static func read(_ path: String) -> String? {
    let number = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard number >= 0 else { return nil }
    defer { close(number) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += block.prefix(count)
    }
  }

  /// Makes a file look as if it had been written so long ago; what was never that old lies ahead when that is negative.
  package static func age(_ path: String, seconds: Int) {
    var times = [timespec](repeating: timespec(), count: 2)
    _ = unsafe clock_gettime(CLOCK_REALTIME, &times[0])
    times[0].tv_sec -= seconds
    times[1] = times[0]
    precondition(unsafe utimensat(AT_FDCWD, path, times, 0) == 0, "\(path) cannot be dated")
  }

  /// The whole file, none when it cannot be opened.
  package static func bytes(_ path: String) -> [UInt8] {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return [] }
    defer { close(number) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
      if count <= 0 { return bytes }
      bytes += block.prefix(count)
    }
  }

  /// Writes a file's bytes anew, in place.
  package static func overwrite(_ path: String, with bytes: [UInt8]) {
    let number = unsafe open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
    precondition(number >= 0, "\(path) cannot be written")
    let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
    precondition(written == bytes.count, "\(path) was not written whole")
    close(number)
  }

  /// Makes a file of any length that takes no room.
  package static func makeSparse(_ path: String, size: Int) {
    let number = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    precondition(number >= 0 && ftruncate(number, size) == 0, "\(path) cannot be made")
    close(number)
  }

  /// Whether something has this name.
  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  package static func remove(_ path: String) {
    precondition(unsafe unlink(path) == 0, "\(path) cannot be removed")
  }

  package static func rename(_ path: String, to newPath: String) -> Bool {
    unsafe Glibc.rename(path, newPath) == 0
  }

  /// Gives a file a second name.
  package static func link(_ path: String, to newPath: String) {
    precondition(unsafe Glibc.link(path, newPath) == 0, "\(path) cannot be linked")
  }

  package static func makeDirectory(_ path: String, permissions: UInt32 = 0o700) {
    precondition(unsafe mkdir(path, permissions) == 0 && chmod(path, permissions) == 0, "\(path) cannot be made")
  }

  package static func makeSymlink(_ path: String, to target: String) {
    precondition(unsafe symlink(target, path) == 0, "\(path) cannot be made")
  }

  package static func makeFIFO(_ path: String) {
    precondition(unsafe mkfifo(path, 0o600) == 0, "\(path) cannot be made")
  }

  package static func makeSocket(_ path: String) {
    precondition(unsafe mknod(path, UInt32(S_IFSOCK) | 0o600, 0) == 0, "\(path) cannot be made")
  }

  /// The files below a path, removed ones too, that this process has open.
  package static func openFiles(below path: String) throws(SystemError) -> [String] {
    try openDescriptors().map(\.path).filter { $0.hasPrefix(path) }
  }

  /// The numbers under which this process has that file open.
  package static func descriptors(of path: String) throws(SystemError) -> [Int32] {
    try openDescriptors().filter { $0.path == path }.map(\.number)
  }

  private static func openDescriptors() throws(SystemError) -> [(number: Int32, path: String)] {
    let own = try KernelCalls.shared.openDirectory(atPath: "/proc/self/fd")
    return try KernelCalls.shared.names(in: own).compactMap { name in
      guard let number = Int32(name) else { return nil }
      var target = [CChar](repeating: 0, count: 4096)
      let count = unsafe readlink("/proc/self/fd/\(name)", &target, target.count)
      return (number, String(decoding: target.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
  }

  /// How much memory this process has; 0 when nobody says so.
  package static func residentBytes() -> Int {
    let pages = read("/proc/self/statm")?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Sets its time of last writing to the beginning of 1970.
  package static func makeOld(_ path: String) {
    let times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
    precondition(unsafe utimensat(AT_FDCWD, path, times, 0) == 0, "\(path) cannot be made old")
  }

  package static func setOwner(_ path: String, user: UInt32, group: UInt32) {
    precondition(unsafe lchown(path, user, group) == 0, "\(path) cannot be given away")
  }

  package static func setPermissions(_ path: String, to permissions: UInt32) {
    precondition(unsafe chmod(path, permissions) == 0, "\(path) cannot be given rights")
  }
}
