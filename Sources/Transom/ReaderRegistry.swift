// Who is registered at a direction's journal.

package import ChannelModel
internal import Glibc
internal import LinuxIO

/// Registers, lists, drops and resets the readers of a direction.
///
/// Making and removing a reader's file happens under the journal's lock, so that retention sees either. Whoever holds a
/// reader or a group may wait for the journal's lock, never the other way round.
package struct ReaderRegistry: Sendable {
  let folder: DirectionFolder

  package init(_ folder: DirectionFolder) {
    self.folder = folder
  }

  /// Where a reader begins that was not registered before.
  package enum Start: Hashable, Sendable {
    /// With what comes from now on.
    case new
    /// With all that is retained.
    case start
    /// With what is retained behind a seq.
    case behind(SequenceNumber)

    fileprivate func place(in held: Journal.Held) -> SequenceNumber {
      switch self {
      case .new: held.last
      // From here on it is owed everything: what is removed before it comes is told.
      case .start: held.segments.first?.first.previous ?? .none
      case .behind(let number): number
      }
    }
  }

  /// So long the journal's lock is waited for.
  static let patience = Duration.seconds(6)

  /// Which journal it is, and its newest seq.
  func look(until deadline: Moment? = nil) throws(ChannelError) -> (journal: UniqueID, last: SequenceNumber) {
    try folder.log.withLock(until: deadline ?? .now.advanced(by: Self.patience)) { held throws(ChannelError) in
      (held.journal, held.last)
    }
  }

  // MARK: Registering

  /// A reader that is ours now.
  struct Taken {
    let seat: ReaderSeat
    let slot: ReaderFile.Slot?
    let header: ReaderFile.Header
    /// Whether who had it before did not end with everything acknowledged.
    let mayRepeat: Bool
  }

  /// Takes a reader's flock for the life of its seat, registering it if it is new. One that is taken is waited for, on
  /// the calling thread, until the deadline; without one it is an error at once. The journal's lock has a deadline of
  /// its own.
  func take(
    _ name: String,
    _ kind: ReaderFile.Kind,
    from start: Start,
    until deadline: Moment?,
    lockedUntil lockDeadline: Moment? = nil
  ) throws(ChannelError) -> Taken {
    var backoff = Backoff.windowLock
    // Somebody may drop it and make it again as often as he likes; nobody follows him for ever.
    var replacements = 0
    while true {
      if let seat = try ReaderSeat.open(name, in: folder.readers) {
        switch try seat.tryLock() {
        case .locked: return try takeOver(seat, kind)
        case .replaced:
          replacements += 1
          guard replacements < 64 else { throw seat.dropped }
          continue
        case .busy: break
        }
        guard let deadline, Moment.now < deadline else { throw seat.busy }
        KernelClock.pause(backoff.next(jitter: .random(in: .min ... .max)))
      } else if let made = try make(name, kind, from: start, isHeld: true, until: lockDeadline) {
        return made
      }
    }
  }

  /// Gives up what was taken and never used: whoever comes next need not take anything for a repetition.
  func giveBack(_ taken: Taken) {
    guard !taken.mayRepeat else { return }
    var unused = taken.header
    unused.process = 0
    try? taken.seat.write(unused)
  }

  private func takeOver(_ seat: ReaderSeat, _ kind: ReaderFile.Kind) throws(ChannelError) -> Taken {
    let contents = try seat.read()
    try Self.check(contents, kind, at: seat.path)
    let now = folder.options.clock()
    let registered = contents.header?.registered ?? now
    let header = try ReaderFile.Header.own(kind, registered: registered, heldSince: now, at: seat.path)
    try seat.write(header)
    return Taken(seat: seat, slot: contents.slot, header: header, mayRepeat: contents.header?.process != 0)
  }

  /// Looks whether what is registered is of this kind.
  func check(_ seat: ReaderSeat, is kind: ReaderFile.Kind) throws(ChannelError) {
    try Self.check(try seat.read(), kind, at: seat.path)
  }

  private static func check(
    _ contents: ReaderFile.Contents,
    _ kind: ReaderFile.Kind,
    at path: String
  ) throws(ChannelError) {
    guard let found = contents.header?.kind, found != kind else { return }
    let words = found == .group ? "a group, not for one reader" : "one reader, not for a group"
    throw ChannelError(.misuse, at: path, "is registered for \(words)", hint: "use another name")
  }

  /// Makes a reader's file aside and gives it its name under the journal's lock; nil when somebody has the name.
  func make(
    _ name: String,
    _ kind: ReaderFile.Kind,
    from start: Start,
    isHeld: Bool,
    until deadline: Moment? = nil
  ) throws(ChannelError) -> Taken? {
    try folder.log.keepStaging()
    let (readers, staging) = (folder.readers, folder.staging)
    staging.removeLeftovers()
    let aside = staging.makeName("reader")
    let path = readers.path(of: name)
    let now = folder.options.clock()
    let header = try ReaderFile.Header.own(kind, registered: now, heldSince: now, at: path)
    do throws(ChannelError) {
      let file = try ChannelError.calls(at: path) { () throws(SystemError) in try staging.directory.create(aside) }
      let seat = ReaderSeat(name, in: readers, file: file)
      if isHeld {
        // Its flock comes first: seen without it, it would belong to nobody.
        let isLocked = try ChannelError.calls(at: path) { () throws(SystemError) in try seat.file.tryLock() }
        guard isLocked else { throw ChannelError(.readerBusy, at: path, "was locked by somebody while it was made") }
      }
      let slot = try folder.log.withLock(until: deadline ?? .now.advanced(by: Self.patience)) {
        held throws(ChannelError) -> ReaderFile.Slot? in
        let slot = ReaderFile.Slot(
          generation: 1,
          journal: held.journal,
          cursor: Cursor(through: start.place(in: held)),
          written: now
        )
        try seat.write(Self.wholeFile(header, slot), at: 0)
        let isPlaced = try ChannelError.calls(at: path) { () throws(SystemError) in
          try staging.directory.renameIfFree(aside, to: name, in: readers)
        }
        return isPlaced ? slot : nil
      }
      guard let slot else {
        staging.discard(aside)
        return nil
      }
      return Taken(seat: seat, slot: slot, header: header, mayRepeat: false)
    } catch {
      staging.discard(aside)
      throw error
    }
  }

  private static func wholeFile(_ header: ReaderFile.Header, _ slot: ReaderFile.Slot) -> [UInt8] {
    var bytes = header.encode()
    bytes += [UInt8](repeating: 0, count: ReaderFile.byteCount - bytes.count)
    bytes.replaceSubrange(slot.offset..<slot.offset + ReaderFile.Slot.byteCount, with: slot.encode())
    return bytes
  }

  func dropped(_ name: ReaderName) -> ChannelError {
    ChannelError(.closed, at: folder.readers.path(of: name.text), "is dropped and made again all the time")
  }

  /// Removes a reader's file, under the journal's lock.
  func remove(_ name: String, until deadline: Moment) throws(ChannelError) {
    try folder.log.withLockAlone(until: deadline) { () throws(ChannelError) in
      try unlink(name)
    }
  }

  func unlink(_ name: String) throws(ChannelError) {
    do {
      try folder.readers.unlink(name)
    } catch  where error.code == ENOENT {
      // Somebody else removed it: it is gone, which is what was wanted.
    } catch {
      throw ChannelError(error, at: folder.readers.path(of: name))
    }
  }
}
