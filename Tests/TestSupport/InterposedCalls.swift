// A file layer on top of another: asks before each call, passes it on, and tells of each flush.

package import LinuxIO

/// A layer that is asked before every call and otherwise does what the one below does.
package protocol InterposedCalls: FileCalls {
  var below: any FileCalls { get }
  /// Lets a call go ahead, or throws in its place; a number is the most bytes that it may move.
  func admit(_ call: FileCall, _ subject: String) throws(SystemError) -> Int?
  /// Learns that a file or a directory was flushed.
  func flushed(_ file: borrowing OwnedDescriptor)
}

extension InterposedCalls {
  package func openDirectory(atPath path: String) throws(SystemError) -> OwnedDescriptor {
    _ = try admit(.openRoot, path)
    return try below.openDirectory(atPath: path)
  }

  package func openDirectory(
    _ name: String,
    in directory: borrowing OwnedDescriptor
  ) throws(SystemError) -> OwnedDescriptor {
    _ = try admit(.openDirectory, name)
    return try below.openDirectory(name, in: directory)
  }

  package func open(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    for access: FileAccess
  ) throws(SystemError) -> OwnedDescriptor {
    _ = try admit(.open, name)
    return try below.open(name, in: directory, for: access)
  }

  package func create(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    permissions: UInt32
  ) throws(SystemError) -> OwnedDescriptor {
    _ = try admit(.create, name)
    return try below.create(name, in: directory, permissions: permissions)
  }

  package func close(_ file: consuming OwnedDescriptor) throws(SystemError) {
    // Refused or not, the descriptor goes: it was given away.
    _ = try admit(.close, "")
    try below.close(file)
  }

  package func read(
    _ file: borrowing OwnedDescriptor,
    into output: inout OutputSpan<UInt8>,
    at offset: Int64
  ) throws(SystemError) -> Int {
    guard let most = try admit(.read, "") else { return try below.read(file, into: &output, at: offset) }
    var part: [UInt8] = []
    let capacity = min(most, output.freeCapacity)
    try part.append(addingCapacity: capacity) { few throws(SystemError) in
      _ = try below.read(file, into: &few, at: offset)
    }
    for byte in part.prefix(capacity) { output.append(byte) }
    return min(part.count, capacity)
  }

  package func write(
    _ bytes: Span<UInt8>,
    to file: borrowing OwnedDescriptor,
    at offset: Int64
  ) throws(SystemError) -> Int {
    let most = try admit(.write, "") ?? bytes.count
    return try below.write(bytes.extracting(first: most), to: file, at: offset)
  }

  package func gather(
    _ slices: [ArraySlice<UInt8>],
    skipping skipped: Int,
    to file: borrowing OwnedDescriptor,
    at offset: Int64
  ) throws(SystemError) -> Int {
    guard let most = try admit(.gather, "") else {
      return try below.gather(slices, skipping: skipped, to: file, at: offset)
    }
    let bytes = Array(slices.joined().dropFirst(skipped).prefix(most))
    return try below.write(bytes.span, to: file, at: offset)
  }

  package func truncate(_ file: borrowing OwnedDescriptor, to size: Int64) throws(SystemError) {
    _ = try admit(.truncate, "")
    try below.truncate(file, to: size)
  }

  package func facts(of file: borrowing OwnedDescriptor) throws(SystemError) -> FileFacts {
    _ = try admit(.facts, "")
    return try below.facts(of: file)
  }

  package func facts(of name: String, in directory: borrowing OwnedDescriptor) throws(SystemError) -> FileFacts {
    _ = try admit(.factsOfName, name)
    return try below.facts(of: name, in: directory)
  }

  package func setModified(_ file: borrowing OwnedDescriptor, to time: FileTime?) throws(SystemError) {
    _ = try admit(.setModified, "")
    try below.setModified(file, to: time)
  }

  package func setPermissions(_ file: borrowing OwnedDescriptor, to permissions: UInt32) throws(SystemError) {
    _ = try admit(.setPermissions, "")
    try below.setPermissions(file, to: permissions)
  }

  package func setGroup(_ file: borrowing OwnedDescriptor, to group: UInt32) throws(SystemError) {
    _ = try admit(.setGroup, "")
    try below.setGroup(file, to: group)
  }

  package func sync(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    _ = try admit(.sync, "")
    try below.sync(file)
    flushed(file)
  }

  package func syncData(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    _ = try admit(.syncData, "")
    try below.syncData(file)
    flushed(file)
  }

  package func rename(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    to newName: String,
    in newDirectory: borrowing OwnedDescriptor,
    _ manner: RenameManner
  ) throws(SystemError) {
    let call: FileCall =
      switch manner {
      case .replacing: .rename
      case .exchanging: .exchange
      case .notReplacing: .renameToFree
      }
    _ = try admit(call, newName)
    try below.rename(name, in: directory, to: newName, in: newDirectory, manner)
  }

  package func link(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    to newName: String,
    in newDirectory: borrowing OwnedDescriptor
  ) throws(SystemError) {
    _ = try admit(.link, newName)
    try below.link(name, in: directory, to: newName, in: newDirectory)
  }

  package func unlink(_ name: String, in directory: borrowing OwnedDescriptor) throws(SystemError) {
    _ = try admit(.unlink, name)
    try below.unlink(name, in: directory)
  }

  package func makeDirectory(
    _ name: String,
    in directory: borrowing OwnedDescriptor,
    permissions: UInt32
  ) throws(SystemError) {
    _ = try admit(.makeDirectory, name)
    try below.makeDirectory(name, in: directory, permissions: permissions)
  }

  package func removeDirectory(_ name: String, in directory: borrowing OwnedDescriptor) throws(SystemError) {
    _ = try admit(.removeDirectory, name)
    try below.removeDirectory(name, in: directory)
  }

  package func names(in directory: borrowing OwnedDescriptor) throws(SystemError) -> [String] {
    _ = try admit(.names, "")
    return try below.names(in: directory)
  }

  package func tryLock(_ file: borrowing OwnedDescriptor, shared: Bool) throws(SystemError) -> Bool {
    _ = try admit(.lock, "")
    return try below.tryLock(file, shared: shared)
  }

  package func unlock(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    _ = try admit(.unlock, "")
    try below.unlock(file)
  }

  package func tryLease(_ file: borrowing OwnedDescriptor) throws(SystemError) -> Bool {
    _ = try admit(.lease, "")
    return try below.tryLease(file)
  }

  package func endLease(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    _ = try admit(.endLease, "")
    try below.endLease(file)
  }

  package func fileSystem(of file: borrowing OwnedDescriptor) throws(SystemError) -> FileSystemKind {
    _ = try admit(.fileSystem, "")
    return try below.fileSystem(of: file)
  }
}
