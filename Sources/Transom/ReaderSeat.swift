// A reader's file in hand.

internal import ChannelModel
internal import Glibc
internal import LinuxIO

/// The file of a reader, a group or a member, open for reading and writing; its flock, once taken, is given up at the
/// end of this object.
final class ReaderSeat: Sendable {
  let name: String
  let file: OpenFile
  private let directory: Directory

  init(_ name: String, in directory: Directory, file: consuming OpenFile) {
    self.name = name
    self.directory = directory
    self.file = file
  }

  deinit {
    // By name and not by closing: a child that inherited the descriptor would keep it.
    try? file.unlock()
  }

  /// Where it has its name, whatever it was made as.
  var path: String { directory.path(of: name) }

  /// Opens what is registered under a name; nil when nothing is.
  static func open(_ name: String, in directory: Directory) throws(ChannelError) -> ReaderSeat? {
    do {
      return ReaderSeat(name, in: directory, file: try directory.openRegularFile(name, for: .readingAndWriting))
    } catch .system(let error) where error.code == ENOENT {
      return nil
    } catch {
      throw ChannelError(error, at: directory.path(of: name))
    }
  }

  /// Makes a call on the file and tells what it throws by the name that the file has, not the one it was made under.
  private func told<Result>(_ body: () throws(SystemError) -> Result) throws(ChannelError) -> Result {
    do {
      return try body()
    } catch {
      throw ChannelError(SystemError(error.call, on: path, code: error.code), at: path)
    }
  }

  // MARK: Its flock

  /// Tries for the flock once, shared, and gives it up again.
  func isFree() throws(ChannelError) -> Bool {
    let isFree = try told { () throws(SystemError) in try file.tryLock(shared: true) }
    if isFree { unlock() }
    return isFree
  }

  /// Tries for the flock once; `replaced` when the name leads to another file by now, or to none.
  func tryLock() throws(ChannelError) -> FileLock.Outcome {
    let isLocked = try told { () throws(SystemError) in try file.tryLock() }
    do throws(SystemError) {
      if let now = try directory.facts(of: name), now.stamp.isSameFile(as: file.factsAtOpening.stamp) {
        return isLocked ? .locked : .busy
      }
    } catch {
      if isLocked { try? file.unlock() }
      throw ChannelError(error, at: path)
    }
    if isLocked { unlock() }
    return .replaced
  }

  func unlock() {
    // A flock that cannot be given up goes with the descriptor; nothing can be done about it here.
    try? file.unlock()
  }

  /// Takes the flock for a turn of a few system calls, waiting on the calling thread until the deadline.
  func lock(until deadline: Moment) throws(ChannelError) {
    var backoff = Backoff.flock
    while true {
      switch try tryLock() {
      case .locked: return
      case .replaced: throw dropped
      case .busy: break
      }
      guard Moment.now < deadline else {
        let process = (try? FlockHolder.find(of: file.factsAtOpening.stamp)).map { " by process \($0)" } ?? ""
        throw ChannelError(.lockTimeout, at: path, "is kept locked\(process)", hint: "end that process")
      }
      KernelClock.pause(backoff.next(jitter: .random(in: .min ... .max)))
    }
  }

  /// Whether somebody dropped the reader while the file was in hand.
  func isDropped() throws(ChannelError) -> Bool {
    try told { () throws(SystemError) in try file.facts().links == 0 }
  }

  var dropped: ChannelError {
    ChannelError(.closed, at: path, "the reader was dropped while it was in use", hint: "open it again")
  }

  // MARK: Its bytes

  /// Reads what it says; never more of it than such a file has.
  func read() throws(ChannelError) -> ReaderFile.Contents {
    let bytes = try told { () throws(SystemError) in
      try file.read(ReaderFile.byteCount, at: 0)
    }
    do {
      return try ReaderFile.Contents(decoding: bytes)
    } catch {
      throw ChannelError(error, at: path)
    }
  }

  func write(_ header: ReaderFile.Header) throws(ChannelError) {
    try write(header.encode(), at: 0)
  }

  func write(_ slot: ReaderFile.Slot) throws(ChannelError) {
    try write(slot.encode(), at: slot.offset)
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(ChannelError) {
    try told { () throws(SystemError) in try file.write(bytes.span, at: Int64(offset)) }
  }

  // MARK: Who has it

  /// The error for somebody who wants it while another has it.
  var busy: ChannelError {
    ChannelError(.readerBusy, at: path, "is in use\(occupant().map { " by \($0)" } ?? "")")
  }

  /// Who holds its flock, in words; nil when that cannot be told.
  func occupant() -> String? {
    // A header that is torn or unreadable leaves the kernel's own list.
    if let header = try? read().header, header.process > 0 {
      switch header.holderState {
      case .running: return "process \(header.process)"
      case .gone: return "a child of process \(header.process), which itself has ended"
      case .notVisible: return "process \(header.process), in a pid namespace that cannot be seen from here"
      }
    }
    return (try? FlockHolder.find(of: file.factsAtOpening.stamp)).map { "process \($0)" }
  }
}

extension ReaderFile.Header {
  /// A header that names this process.
  static func own(
    _ kind: ReaderFile.Kind,
    registered: WallTime,
    heldSince: WallTime,
    at path: String
  ) throws(ChannelError) -> Self {
    let own = try ChannelError.calls(at: path) { () throws(SystemError) in try ProcessIdentity.current() }
    return Self(
      kind: kind,
      process: UInt32(own.pid),
      startTime: own.startTime,
      processNamespace: own.pidNamespace,
      boot: UniqueID(own.boot.bytes),
      registered: registered,
      heldSince: heldSince
    )
  }

  /// What can be said of the process that it names.
  var holderState: ProcessState {
    guard process > 0, let pid = Int32(exactly: process), let boot = BootIdentity(self.boot.bytes) else { return .gone }
    let identity = ProcessIdentity(pid: pid, startTime: startTime, pidNamespace: processNamespace, boot: boot)
    return (try? identity.look()) ?? .notVisible
  }
}
