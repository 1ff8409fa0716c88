// A machine whose power can be cut: only what was flushed is there afterwards.

internal import Glibc
package import LinuxIO
internal import Synchronization

/// A file layer over a scratch directory that knows what a disk would hold.
///
/// Flushing a file makes its contents of that moment durable, and not its name; flushing a directory makes its entries
/// of that moment durable, and not the contents behind them. Real file systems keep more than that, none promises to.
/// What is there when the layer is made counts as flushed. Regular files and directories are known, nothing else is.
package final class PowerLoss: InterposedCalls {
  private struct Inode: Hashable {
    let device: UInt64
    let number: UInt64

    init(_ facts: FileFacts) {
      (device, number) = (facts.stamp.device, facts.stamp.inode)
    }
  }

  /// Keeps an inode from being handed out again while it is known here by its number.
  private final class Hold: Sendable {
    let descriptor: OwnedDescriptor
    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
  }

  private struct Disk {
    var contents: [Inode: (bytes: [UInt8], modified: FileTime)] = [:]
    var entries: [Inode: [String: Inode]] = [:]
    var facts: [Inode: FileFacts] = [:]
    var holds: [Inode: Hold] = [:]
    var calls = 0
    var last: Int?
  }

  package let below: any FileCalls
  private let root: String
  private let disk = Mutex(Disk())

  package init(over root: String, below: any FileCalls = KernelCalls.shared) throws(SystemError) {
    self.root = root
    self.below = below
    try rememberAll()
  }

  /// Lets so many more calls go through; all after them fail with EIO until the power is cut and comes back.
  package func fails(after calls: Int) {
    disk.withLock { $0.last = $0.calls + calls }
  }

  /// How many calls were admitted so far.
  package var callCount: Int { disk.withLock { $0.calls } }

  package func admit(_ call: FileCall, _ subject: String) throws(SystemError) -> Int? {
    let isOn = disk.withLock { disk in
      if let last = disk.last, disk.calls >= last { return false }
      disk.calls += 1
      return true
    }
    guard isOn else { throw SystemError(call.rawValue, on: subject, code: EIO) }
    return nil
  }

  package func flushed(_ file: borrowing OwnedDescriptor) {
    do {
      try remember(file)
    } catch {
      preconditionFailure("what was flushed cannot be read again: \(error)")
    }
  }

  /// Cuts the power and brings it back: the scratch directory holds what was flushed and nothing else.
  ///
  /// Descriptors from before lead to files that are gone, as they would be after a restart.
  package func cut() throws(SystemError) {
    let known = disk.withLock { disk in
      defer { disk = Disk() }
      return disk
    }
    let top = try below.openDirectory(atPath: root)
    try ScratchDirectory.empty(top, below)
    var made: [Inode: (directory: Hold, name: String)] = [:]
    try restore(Inode(try below.facts(of: top)), into: Hold(top), known, &made)
    try rememberAll()
  }

  // MARK: Remembering

  private func rememberAll() throws(SystemError) {
    try rememberTree(try below.openDirectory(atPath: root))
  }

  private func rememberTree(_ directory: borrowing OwnedDescriptor) throws(SystemError) {
    try remember(directory)
    for name in try below.names(in: directory) {
      switch try below.facts(of: name, in: directory).kind {
      case .directory: try rememberTree(try below.openDirectory(name, in: directory))
      case .regular: try remember(try below.open(name, in: directory, for: .reading))
      case .symlink, .fifo, .socket, .device: break
      }
    }
  }

  private func remember(_ file: borrowing OwnedDescriptor) throws(SystemError) {
    let facts = try below.facts(of: file)
    let inode = Inode(facts)
    let hold = try Self.duplicate(file)
    switch facts.kind {
    case .directory:
      let entries = try look(into: file)
      disk.withLock { disk in
        disk.entries[inode] = entries.mapValues { Inode($0.facts) }
        for entry in entries.values {
          let inode = Inode(entry.facts)
          if disk.holds[inode] == nil { disk.holds[inode] = entry.hold }
          disk.facts[inode] = entry.facts
        }
      }
    case .regular:
      let bytes = try readAll(file, facts.stamp.size)
      disk.withLock { $0.contents[inode] = (bytes, facts.stamp.modified) }
    case .symlink, .fifo, .socket, .device: return
    }
    disk.withLock { disk in
      disk.facts[inode] = facts
      if disk.holds[inode] == nil { disk.holds[inode] = hold }
    }
  }

  private func look(
    into directory: borrowing OwnedDescriptor
  ) throws(SystemError) -> [String: (facts: FileFacts, hold: Hold)] {
    var entries: [String: (facts: FileFacts, hold: Hold)] = [:]
    for name in try below.names(in: directory) {
      let facts = try below.facts(of: name, in: directory)
      switch facts.kind {
      case .directory: entries[name] = (facts, Hold(try below.openDirectory(name, in: directory)))
      case .regular: entries[name] = (facts, Hold(try below.open(name, in: directory, for: .reading)))
      case .symlink, .fifo, .socket, .device: break
      }
    }
    return entries
  }

  private func readAll(_ file: borrowing OwnedDescriptor, _ size: Int64) throws(SystemError) -> [UInt8] {
    // By a way of its own: the descriptor may be open for writing only.
    let path = "/proc/self/fd/\(file.number)"
    let number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw SystemError("open", on: path, code: errno) }
    let own = OwnedDescriptor(taking: number)
    return try [UInt8](capacity: Int(size)) { output throws(SystemError) in
      while output.freeCapacity > 0 {
        if try below.read(own, into: &output, at: Int64(output.count)) == 0 { return }
      }
    }
  }

  private static func duplicate(_ file: borrowing OwnedDescriptor) throws(SystemError) -> Hold {
    let number = fcntl(file.number, F_DUPFD_CLOEXEC, 0)
    guard number >= 0 else { throw SystemError("fcntl", code: errno) }
    return Hold(OwnedDescriptor(taking: number))
  }

  // MARK: Restoring

  private func restore(
    _ inode: Inode,
    into directory: Hold,
    _ known: Disk,
    _ made: inout [Inode: (directory: Hold, name: String)]
  ) throws(SystemError) {
    for (name, child) in known.entries[inode] ?? [:] {
      guard let facts = known.facts[child] else { continue }
      if let first = made[child] {
        // One file with two names stays one.
        try below.link(first.name, in: first.directory.descriptor, to: name, in: directory.descriptor)
        continue
      }
      if facts.kind == .directory {
        try below.makeDirectory(name, in: directory.descriptor, permissions: 0o700)
        let opened = Hold(try below.openDirectory(name, in: directory.descriptor))
        try below.setPermissions(opened.descriptor, to: facts.permissions)
        try restore(child, into: opened, known, &made)
      } else {
        made[child] = (directory, name)
        let file = try below.create(name, in: directory.descriptor, permissions: 0o600)
        try below.setPermissions(file, to: facts.permissions)
        guard let contents = known.contents[child] else { continue }
        var done = 0
        while done < contents.bytes.count {
          done += try below.write(contents.bytes.span.extracting(done...), to: file, at: Int64(done))
        }
        try below.setModified(file, to: contents.modified)
      }
    }
  }
}
