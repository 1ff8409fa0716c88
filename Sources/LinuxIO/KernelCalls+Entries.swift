// The calls that work on a directory's entries, and the locks.

internal import CLinux
internal import Glibc

extension KernelCalls {
  package func rename(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    to newName: String,
    in newDirectory: borrowing OwnedDescriptor,
    _ manner: RenameManner
  ) throws(SystemError) {
    let (call, flags) =
      switch manner {
      case .replacing: ("renameat", 0 as UInt32)
      case .exchanging: ("renameat2", CLINUX_RENAME_EXCHANGE)
      case .notReplacing: ("renameat2", CLINUX_RENAME_NOREPLACE)
      }
    try Self.check(name, for: call)
    try Self.check(newName, for: call)
    let (from, to) = (directory.number, newDirectory.number)
    _ = try systemCall(call, on: newName) {
      unsafe Self.withNames(name, newName) { unsafe clinux_renameat2(from, $0, to, $1, flags) }
    }
  }

  package func link(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    to newName: String,
    in newDirectory: borrowing OwnedDescriptor
  ) throws(SystemError) {
    try Self.check(name, for: "linkat")
    try Self.check(newName, for: "linkat")
    let (from, to) = (directory.number, newDirectory.number)
    _ = try systemCall("linkat", on: newName) {
      unsafe Self.withNames(name, newName) { unsafe linkat(from, $0, to, $1, 0) }
    }
  }

  package func unlink(_ name: String, in directory: borrowing OwnedDescriptor) throws(SystemError) {
    try Self.check(name, for: "unlinkat")
    let number = directory.number
    _ = try systemCall("unlinkat", on: name) { unsafe name.withCString { unsafe unlinkat(number, $0, 0) } }
  }

  /// Gives a call two names as they lie in memory; a text that is given as an argument is copied first.
  private static func withNames(
    _ first: String,
    _ second: String,
    _ call: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
  ) -> Int32 {
    unsafe first.withCString { first in unsafe second.withCString { second in unsafe call(first, second) } }
  }

  package func makeDirectory(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    permissions: UInt32
  ) throws(SystemError) {
    try Self.check(name, for: "mkdirat")
    let number = directory.number
    _ = try systemCall("mkdirat", on: name) { unsafe mkdirat(number, name, permissions) }
  }

  package func removeDirectory(_ name: String, in directory: borrowing OwnedDescriptor) throws(SystemError) {
    try Self.check(name, for: "unlinkat")
    let number = directory.number
    _ = try systemCall("unlinkat", on: name) { unsafe unlinkat(number, name, AT_REMOVEDIR) }
  }

  package func names(in directory: borrowing OwnedDescriptor) throws(SystemError) -> [String] {
    // A descriptor of its own: the place in a listing belongs to the open file, which other threads use too.
    let number = directory.number
    let listing = OwnedDescriptor(
      taking: try systemCall("openat", on: ".") {
        unsafe clinux_openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
      }
    )
    let own = listing.number
    var names: [String] = []
    var buffer = [UInt8](repeating: 0, count: 32 << 10)
    while true {
      let count: Int64
      do {
        count = try systemCall("getdents64") {
          unsafe buffer.withUnsafeMutableBytes { unsafe clinux_getdents(own, $0.baseAddress, $0.count) }
        }
      } catch let error where error.code == ENOENT {
        // The kernel's word for a directory that was removed while it is open: there is nothing in it.
        return names
      }
      if count == 0 { return names }
      Self.appendNames(inEntries: buffer[..<Int(count)], to: &names)
    }
  }

  /// Decodes what getdents64 wrote: inode u64, offset i64, length of the entry u16, kind u8, name ended by a zero.
  static func appendNames(inEntries entries: ArraySlice<UInt8>, to names: inout [String]) {
    var rest = entries
    while rest.count > 19 {
      let start = rest.startIndex
      let length = Int(rest[start + 16]) | Int(rest[start + 17]) << 8
      guard length > 19, length <= rest.count else { return }
      let name = rest[(start + 19)..<(start + length)].prefix { $0 != 0 }
      if let name = String(validating: name, as: UTF8.self), name != ".", name != ".." { names.append(name) }
      rest = rest.dropFirst(length)
    }
  }

  package func tryLock(_ file: borrowing OwnedDescriptor, shared: Bool) throws(SystemError) -> Bool {
    let number = file.number
    do {
      _ = try systemCall("flock") { flock(number, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) }
      return true
    } catch let error where error.code == EWOULDBLOCK {
      return false
    }
  }

  package func unlock(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    let number = file.number
    _ = try systemCall("flock") { flock(number, LOCK_UN) }
  }

  package func tryLease(_ file: borrowing OwnedDescriptor) throws(SystemError) -> Bool {
    let number = file.number
    do {
      _ = try systemCall("fcntl") { clinux_take_lease(number) }
      return true
    } catch let error where error.code == EAGAIN {
      return false
    }
  }

  package func endLease(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    let number = file.number
    _ = try systemCall("fcntl") { clinux_end_lease(number) }
  }

  /// Whether the kernel reads a text as a single name, the one that is meant.
  static func isComponent(_ text: UnsafePointer<CChar>, count: Int) -> Bool {
    guard count > 0, unsafe strlen(text) == count, unsafe strchr(text, Int32(UInt8(ascii: "/"))) == nil else {
      return false
    }
    return unsafe strcmp(text, ".") != 0 && strcmp(text, "..") != 0
  }

  /// Refuses what the kernel would read as another name than the one given: a path, or one cut at a zero byte.
  static func check(_ name: String, isComponent: Bool = true, for call: String) throws(SystemError) {
    let isSound = unsafe name.withCString { text in
      isComponent
        ? unsafe Self.isComponent(text, count: name.utf8.count) : unsafe strlen(text) == name.utf8.count
    }
    if !isSound { throw SystemError(call, on: name, code: EINVAL) }
  }
}
