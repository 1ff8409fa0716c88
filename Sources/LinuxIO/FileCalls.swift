// The seam between what we do with files and the kernel that does it: tests put their own layer here.

/// The file calls, one requirement a system call, so that a test can make any of them fail.
///
/// Names are single components below a directory's descriptor: no path is resolved, no symbolic link followed, and
/// nothing waits (a FIFO opens at once, a lock that is held is an answer). Errors name the call and the name given;
/// those who know the path put it in.
package protocol FileCalls: AnyObject, Sendable {
  /// Opens a directory by its path; a symbolic link in its last component is refused.
  func openDirectory(atPath path: String) throws(SystemError) -> OwnedDescriptor
  func openDirectory(_ name: String, in directory: borrowing OwnedDescriptor) throws(SystemError) -> OwnedDescriptor
  func open(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    for access: FileAccess
  ) throws(SystemError) -> OwnedDescriptor
  /// Makes a file for reading and writing; EEXIST when the name is taken by whatever it may be.
  func create(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    permissions: UInt32
  ) throws(SystemError) -> OwnedDescriptor
  /// Closes where the result matters; letting go of a descriptor closes it as well, unheard.
  func close(_ file: consuming OwnedDescriptor) throws(SystemError)

  /// Appends to `output` what is at `offset`, at most its free capacity; 0 at the end of the file.
  func read(
    _ file: borrowing OwnedDescriptor,
    into output: inout OutputSpan<UInt8>,
    at offset: Int64
  ) throws(SystemError) -> Int
  func write(_ bytes: Span<UInt8>, to file: borrowing OwnedDescriptor, at offset: Int64) throws(SystemError) -> Int
  /// Writes slices as one run of bytes, leaving out the first `skipped` of them; says how many it wrote.
  func gather(
    _ slices: [ArraySlice<UInt8>],
    skipping skipped: Int,
    to file: borrowing OwnedDescriptor,
    at offset: Int64
  ) throws(SystemError) -> Int
  func truncate(_ file: borrowing OwnedDescriptor, to size: Int64) throws(SystemError)

  func facts(of file: borrowing OwnedDescriptor) throws(SystemError) -> FileFacts
  /// Looks at a name without following it.
  func facts(of name: String, in directory: borrowing OwnedDescriptor) throws(SystemError) -> FileFacts
  /// Sets the time of last writing; nil is now, by the file system's own clock.
  func setModified(_ file: borrowing OwnedDescriptor, to time: FileTime?) throws(SystemError)
  func setPermissions(_ file: borrowing OwnedDescriptor, to permissions: UInt32) throws(SystemError)
  func setGroup(_ file: borrowing OwnedDescriptor, to group: UInt32) throws(SystemError)

  /// Flushes a file's contents and facts, or a directory's entries.
  func sync(_ file: borrowing OwnedDescriptor) throws(SystemError)
  /// Flushes a file's contents and what is needed to read them.
  func syncData(_ file: borrowing OwnedDescriptor) throws(SystemError)

  func rename(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    to newName: String,
    in newDirectory: borrowing OwnedDescriptor,
    _ manner: RenameManner
  ) throws(SystemError)
  /// Gives a file a second name; EEXIST when that is taken.
  func link(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    to newName: String,
    in newDirectory: borrowing OwnedDescriptor
  ) throws(SystemError)
  func unlink(_ name: String, in directory: borrowing OwnedDescriptor) throws(SystemError)
  func makeDirectory(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    permissions: UInt32
  ) throws(SystemError)
  func removeDirectory(_ name: String, in directory: borrowing OwnedDescriptor) throws(SystemError)
  /// Lists a directory in no order; names that are not UTF-8 are left out, since none of ours is such.
  func names(in directory: borrowing OwnedDescriptor) throws(SystemError) -> [String]

  /// Tries for the flock at once; false when another open file holds it.
  func tryLock(_ file: borrowing OwnedDescriptor, shared: Bool) throws(SystemError) -> Bool
  func unlock(_ file: borrowing OwnedDescriptor) throws(SystemError)

  /// Keeps everybody else from opening the file until the lease is ended or the file closed; false when it is open
  /// elsewhere. Only what asks not to wait is refused meanwhile, with EWOULDBLOCK.
  func tryLease(_ file: borrowing OwnedDescriptor) throws(SystemError) -> Bool
  func endLease(_ file: borrowing OwnedDescriptor) throws(SystemError)

  func fileSystem(of file: borrowing OwnedDescriptor) throws(SystemError) -> FileSystemKind
}
