// The file calls as the kernel makes them.

internal import CLinux
internal import Glibc
internal import Synchronization

/// The real file layer.
package final class KernelCalls: FileCalls {
  package static let shared = KernelCalls()

  /// Cleared by the first sign that this kernel, or a sandbox around us, has no `openat2`.
  private let hasOpenat2: Atomic<Bool>

  /// Makes a layer; without `openat2` it does what it does on kernels before 5.6.
  package init(openat2: Bool = true) {
    hasOpenat2 = Atomic(openat2)
  }

  // MARK: Opening

  package func openDirectory(atPath path: String) throws(SystemError) -> OwnedDescriptor {
    // With a slash behind it even O_NOFOLLOW goes through a symbolic link.
    var bare = Substring(path)
    while bare.count > 1, bare.last == "/" { bare.removeLast() }
    let name = String(bare)
    try Self.check(name, isComponent: false, for: "open")
    return OwnedDescriptor(
      taking: try systemCall("open", on: name) { unsafe clinux_open_directory(name) }
    )
  }

  package func openDirectory(
    _ name: String,
    in directory: borrowing OwnedDescriptor
  ) throws(SystemError) -> OwnedDescriptor {
    try openBeneath(name, in: directory, flags: O_RDONLY | O_DIRECTORY, permissions: 0)
  }

  package func open(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    for access: FileAccess
  ) throws(SystemError) -> OwnedDescriptor {
    let flags =
      switch access {
      case .reading: O_RDONLY
      case .writing: O_WRONLY
      case .readingAndWriting: O_RDWR
      }
    return try openBeneath(name, in: directory, flags: flags, permissions: 0)
  }

  package func create(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    permissions: UInt32
  ) throws(SystemError) -> OwnedDescriptor {
    // A single name that must not be there leads nowhere else, so that the older and quicker call is as good.
    try Self.check(name, for: "openat")
    let number = directory.number
    let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
    let descriptor = try systemCall("openat", on: name) {
      unsafe name.withCString { unsafe clinux_openat(number, $0, flags, permissions) }
    }
    return OwnedDescriptor(taking: descriptor)
  }

  package func close(_ file: consuming OwnedDescriptor) throws(SystemError) {
    try file.close()
  }

  private func openBeneath(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    flags: Int32,
    permissions: UInt32
  ) throws(SystemError) -> OwnedDescriptor {
    try Self.check(name, for: "openat")
    let number = directory.number
    // O_NONBLOCK: opening a FIFO must not wait for its other end.
    let flags = flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
    if hasOpenat2.load(ordering: .relaxed) {
      do {
        let descriptor = try systemCall("openat2", on: name) {
          unsafe clinux_openat_beneath(number, name, flags, permissions)
        }
        return OwnedDescriptor(taking: descriptor)
      } catch let error where error.code == ENOSYS {
        hasOpenat2.store(false, ordering: .relaxed)
      } catch let error where error.code == EPERM {
        // A sandbox that does not know the call says EPERM; so does a file that may not be written. The old call
        // tells the two apart.
      } catch {
        throw error
      }
    }
    let descriptor = try systemCall("openat", on: name) { unsafe clinux_openat(number, name, flags, permissions) }
    return OwnedDescriptor(taking: descriptor)
  }

  // MARK: Contents

  package func read(
    _ file: borrowing OwnedDescriptor,
    into output: inout OutputSpan<UInt8>,
    at offset: Int64
  ) throws(SystemError) -> Int {
    let number = file.number
    let answer = unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
      let free = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...])
      let answer = Result { () throws(SystemError) in
        try systemCall("pread") { unsafe pread(number, free.baseAddress, free.count, off_t(offset)) }
      }
      if case .success(let count) = answer { initialized += count }
      return answer
    }
    return try answer.get()
  }

  package func write(
    _ bytes: Span<UInt8>,
    to file: borrowing OwnedDescriptor,
    at offset: Int64
  ) throws(SystemError) -> Int {
    let number = file.number
    let answer = unsafe bytes.withUnsafeBytes { buffer in
      Result { () throws(SystemError) in
        try systemCall("pwrite") { unsafe pwrite(number, buffer.baseAddress, buffer.count, off_t(offset)) }
      }
    }
    return try answer.get()
  }

  package func gather(
    _ slices: [ArraySlice<UInt8>],
    skipping skipped: Int,
    to file: borrowing OwnedDescriptor,
    at offset: Int64
  ) throws(SystemError) -> Int {
    let number = file.number
    var vector: [clinux_slice] = unsafe []
    unsafe vector.reserveCapacity(slices.count)
    let answer = unsafe Self.withSlices(slices[...], skipping: skipped, collected: &vector) { vector in
      Result { () throws(SystemError) in
        Int(try systemCall("pwritev") { unsafe clinux_pwritev(number, vector, Int32(vector.count), offset) })
      }
    }
    return try answer.get()
  }

  /// Collects the addresses of all slices, each held in place by the frame that took it, then calls `body`.
  private static func withSlices<Answer>(
    _ rest: ArraySlice<ArraySlice<UInt8>>,
    skipping skipped: Int,
    collected: inout [clinux_slice],
    _ body: ([clinux_slice]) -> Answer
  ) -> Answer {
    // 64 at a time keep the recursion shallow and below IOV_MAX; who calls goes on after a short write.
    guard let slice = rest.first, unsafe collected.count < 64 else { return unsafe body(collected) }
    if slice.count <= skipped {
      return unsafe withSlices(
        rest.dropFirst(),
        skipping: skipped - slice.count,
        collected: &collected,
        body
      )
    }
    return unsafe slice.withUnsafeBytes { buffer in
      let buffer = unsafe UnsafeRawBufferPointer(rebasing: buffer[skipped...])
      unsafe collected.append(clinux_slice(bytes: buffer.baseAddress, count: buffer.count))
      return unsafe withSlices(rest.dropFirst(), skipping: 0, collected: &collected, body)
    }
  }

  package func truncate(_ file: borrowing OwnedDescriptor, to size: Int64) throws(SystemError) {
    let number = file.number
    _ = try systemCall("ftruncate") { ftruncate(number, off_t(size)) }
  }

  // MARK: Facts

  package func facts(of file: borrowing OwnedDescriptor) throws(SystemError) -> FileFacts {
    let number = file.number
    var facts = clinux_file_facts()
    _ = try systemCall("fstat") { unsafe clinux_fstat(number, &facts) }
    return FileFacts(facts)
  }

  package func facts(of name: String, in directory: borrowing OwnedDescriptor) throws(SystemError) -> FileFacts {
    let number = directory.number
    var facts = clinux_file_facts()
    // Every turn under a journal's lock comes by here: a name that is given as an argument would be copied each time.
    let isSound = unsafe name.withCString { unsafe Self.isComponent($0, count: name.utf8.count) }
    if !isSound { throw SystemError("fstatat", on: name, code: EINVAL) }
    _ = try systemCall("fstatat", on: name) {
      unsafe name.withCString { unsafe clinux_fstatat(number, $0, &facts) }
    }
    return FileFacts(facts)
  }

  package func setModified(_ file: borrowing OwnedDescriptor, to time: FileTime?) throws(SystemError) {
    let number = file.number
    _ = try systemCall("futimens") {
      if let time {
        clinux_set_modified(number, time.seconds, time.nanoseconds)
      } else {
        clinux_set_modified_now(number)
      }
    }
  }

  package func setPermissions(_ file: borrowing OwnedDescriptor, to permissions: UInt32) throws(SystemError) {
    let number = file.number
    _ = try systemCall("fchmod") { fchmod(number, permissions) }
  }

  package func setGroup(_ file: borrowing OwnedDescriptor, to group: UInt32) throws(SystemError) {
    let number = file.number
    // The highest number leaves the owner as it is.
    _ = try systemCall("fchown") { fchown(number, .max, group) }
  }

  package func sync(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    let number = file.number
    _ = try systemCall("fsync") { fsync(number) }
  }

  package func syncData(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    let number = file.number
    _ = try systemCall("fdatasync") { fdatasync(number) }
  }

  package func fileSystem(of file: borrowing OwnedDescriptor) throws(SystemError) -> FileSystemKind {
    let number = file.number
    var kind: UInt64 = 0
    _ = try systemCall("fstatfs") { unsafe clinux_file_system(number, &kind) }
    return FileSystemKind(number: kind)
  }
}
