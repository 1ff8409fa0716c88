// A regular file in hand.

internal import Glibc

/// A file that is open, with the layer that works on it and the path for what may have to be told.
package struct OpenFile: ~Copyable, Sendable {
  let descriptor: OwnedDescriptor
  package let path: String
  /// What it looked like when it was opened.
  package let factsAtOpening: FileFacts
  private let calls: any FileCalls

  init(taking descriptor: consuming OwnedDescriptor, path: String, facts: FileFacts, calls: any FileCalls) {
    self.descriptor = descriptor
    self.path = path
    factsAtOpening = facts
    self.calls = calls
  }

  /// Appends what is at `offset` to `output`, at most its free capacity; 0 at the end of the file.
  package func read(into output: inout OutputSpan<UInt8>, at offset: Int64) throws(SystemError) -> Int {
    do {
      return try calls.read(descriptor, into: &output, at: offset)
    } catch {
      throw error.on(path)
    }
  }

  /// Reads at most `count` bytes from `offset`; fewer only at the end of the file.
  package func read(_ count: Int, at offset: Int64) throws(SystemError) -> [UInt8] {
    try [UInt8](capacity: count) { output throws(SystemError) in
      while output.freeCapacity > 0 {
        if try read(into: &output, at: offset + Int64(output.count)) == 0 { return }
      }
    }
  }

  /// Reads the whole file, however it has grown since it was opened, as long as it stays within the limit.
  package func readAll(limit: Int64) throws(FileError) -> [UInt8] {
    let size = factsAtOpening.stamp.size
    guard size <= limit else { throw tooLarge(size, limit) }
    // One byte more than it had is asked for: that shows whether it grew, without a second look at its size.
    var bytes = try asFileError { () throws(SystemError) in
      try [UInt8](capacity: Int(size) + 1) { output throws(SystemError) in
        repeat {
          if try read(into: &output, at: Int64(output.count)) == 0 { return }
        } while output.count < size
      }
    }
    while bytes.count > size {
      guard bytes.count <= limit else { throw tooLarge(Int64(bytes.count), limit) }
      let more = try asFileError { () throws(SystemError) in try read(64 << 10, at: Int64(bytes.count)) }
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  private func tooLarge(_ size: Int64, _ limit: Int64) -> FileError {
    .refused(FileRefusal(path: path, reason: .tooLarge(size, limit: limit)))
  }

  /// Writes all bytes, going on after short writes.
  package func write(_ bytes: Span<UInt8>, at offset: Int64) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let written: Int
      do {
        written = try calls.write(bytes.extracting(done...), to: descriptor, at: offset + Int64(done))
      } catch {
        throw error.on(path)
      }
      if written == 0 { throw SystemError("pwrite", on: path, code: EIO) }
      done += written
    }
  }

  /// Writes all slices as one run of bytes, going on after short writes.
  package func write(_ slices: [ArraySlice<UInt8>], at offset: Int64) throws(SystemError) {
    try SystemError.naming(path) { () throws(SystemError) in
      try Self.write(slices, to: descriptor, at: offset, calls)
    }
  }

  /// The same for a file that is still being made.
  static func write(
    _ slices: [ArraySlice<UInt8>],
    to file: borrowing OwnedDescriptor,
    at offset: Int64 = 0,
    _ calls: any FileCalls
  ) throws(SystemError) {
    let count = slices.reduce(0) { $0 + $1.count }
    var done = 0
    while done < count {
      let written = try calls.gather(slices, skipping: done, to: file, at: offset + Int64(done))
      // A write that moves nothing and reports nothing would be tried for ever.
      if written == 0 { throw SystemError("pwritev", code: EIO) }
      done += written
    }
  }

  package func truncate(to size: Int64) throws(SystemError) {
    try SystemError.naming(path) { () throws(SystemError) in try calls.truncate(descriptor, to: size) }
  }

  package func facts() throws(SystemError) -> FileFacts {
    try SystemError.naming(path) { () throws(SystemError) in try calls.facts(of: descriptor) }
  }

  /// Sets the time of last writing; nil is now, by the file system's own clock.
  package func setModified(to time: FileTime?) throws(SystemError) {
    try SystemError.naming(path) { () throws(SystemError) in try calls.setModified(descriptor, to: time) }
  }

  /// Flushes contents and facts. Once it failed it must not be tried again on this file: the kernel has dropped what
  /// it could not write and a second call would report success.
  package func sync() throws(SystemError) {
    try SystemError.naming(path) { () throws(SystemError) in try calls.sync(descriptor) }
  }

  /// Flushes the contents; not to be tried again after a failure, see `sync`.
  package func syncData() throws(SystemError) {
    try SystemError.naming(path) { () throws(SystemError) in try calls.syncData(descriptor) }
  }

  /// Tries for the flock at once; false when another open file holds it.
  package func tryLock(shared: Bool = false) throws(SystemError) -> Bool {
    try SystemError.naming(path) { () throws(SystemError) in try calls.tryLock(descriptor, shared: shared) }
  }

  package func unlock() throws(SystemError) {
    try SystemError.naming(path) { () throws(SystemError) in try calls.unlock(descriptor) }
  }

  /// Keeps everybody else from opening the file until `endLease`; false when it is open elsewhere.
  package func tryLease() throws(SystemError) -> Bool {
    try SystemError.naming(path) { () throws(SystemError) in try calls.tryLease(descriptor) }
  }

  package func endLease() throws(SystemError) {
    try SystemError.naming(path) { () throws(SystemError) in try calls.endLease(descriptor) }
  }

  /// The same file under the name that it has now, for what may have to be told.
  package consuming func renamed(to path: String) -> OpenFile {
    let (facts, calls) = (factsAtOpening, self.calls)
    return OpenFile(taking: descriptor, path: path, facts: facts, calls: calls)
  }

  /// Closes and says whether the kernel had something to report about what was written.
  package consuming func close() throws(SystemError) {
    let (calls, path) = (self.calls, self.path)
    do {
      try calls.close(descriptor)
    } catch {
      throw error.on(path)
    }
  }
}
