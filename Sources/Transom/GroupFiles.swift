// The files of a group, for one turn at a time.

internal import ChannelModel
internal import Glibc
internal import LinuxIO

/// What the members of a group share: the cursor in `readers/<name>`, the claims in `readers/<name>~claims`.
final class GroupFiles: Sendable {
  let name: String
  let seat: ReaderSeat
  private let claimsFile: ReaderSeat
  private let folder: DirectionFolder

  static func claims(of group: String) -> String { group + "~claims" }

  static func member(_ number: GroupClaims.Member, of group: String) -> String { "\(group)~\(number)" }

  /// The number in a member's file name, and nothing for any other name.
  static func memberNumber(of name: String) -> GroupClaims.Member? {
    guard let mark = name.firstIndex(of: "~") else { return nil }
    let digits = name[name.index(after: mark)...]
    guard let number = GroupClaims.Member(digits), number > 0, String(number) == digits else { return nil }
    return number
  }

  /// Opens what is registered under a name, and the claims beside it; the group's flock is held by the caller.
  init(_ seat: ReaderSeat, in folder: DirectionFolder) throws(ChannelError) {
    name = seat.name
    self.seat = seat
    self.folder = folder
    let readers = folder.readers
    let claims = Self.claims(of: name)
    do {
      claimsFile = ReaderSeat(claims, in: readers, file: try readers.openOrCreate(claims))
    } catch {
      throw ChannelError(error, at: readers.path(of: claims))
    }
    try checkClaims()
  }

  private func checkClaims() throws(ChannelError) {
    let path = claimsFile.path
    let bytes = try ChannelError.calls(at: path) { () throws(SystemError) in
      try claimsFile.file.read(ClaimsFile.headerByteCount, at: 0)
    }
    do {
      try ClaimsFile.check(bytes)
    } catch {
      switch error.fault {
      // Just made, or torn: the slots have checksums of their own.
      case .tooShort, .checksum: try claimsFile.write(ClaimsFile.header, at: 0)
      case .foreign, .newer, .impossible: throw ChannelError(error, at: path)
      }
    }
  }

  // MARK: A turn

  /// What both files say; the group's flock is held.
  struct Shared {
    var group: GroupClaims
    fileprivate let cursorGeneration: UInt64
    fileprivate let claimsGeneration: UInt64
    fileprivate let cursorBefore: Cursor
    fileprivate let claimsBefore: [GroupClaims.Claim]
    fileprivate let offeredBefore: SequenceNumber
    /// The cursor was that of another journal: the group begins at what is retained.
    let isReplaced: Bool
  }

  func read(of journal: UniqueID) throws(ChannelError) -> Shared {
    let contents = try seat.read()
    let cursor: Cursor
    let isReplaced: Bool
    if let slot = contents.slot {
      isReplaced = slot.journal != journal
      cursor = isReplaced ? Cursor() : slot.cursor
    } else {
      isReplaced = false
      cursor = Cursor()
    }
    let claims = try readClaims()
    var group = GroupClaims(cursor)
    if let claims, claims.journal == journal {
      group = GroupClaims(cursor, offered: claims.offered, claims: claims.claims)
      // Of another boot nobody is left, and its moments mean nothing in this one.
      if claims.boot != folder.boot { group.release(group.members) }
    }
    return Shared(
      group: group,
      cursorGeneration: contents.slot?.generation ?? 0,
      claimsGeneration: claims?.generation ?? 0,
      cursorBefore: isReplaced || contents.slot == nil ? Cursor(through: .highest) : cursor,
      claimsBefore: claims?.claims ?? [],
      offeredBefore: claims?.offered ?? .none,
      isReplaced: isReplaced
    )
  }

  private func readClaims() throws(ChannelError) -> ClaimsFile.Slot? {
    var newest: ClaimsFile.Slot?
    for generation in UInt64(0)...1 {
      let offset = ClaimsFile.offset(of: generation)
      let bytes = try ChannelError.calls(at: claimsFile.path) { () throws(SystemError) in
        // Most tables are short; a longer one is read to its end.
        let head = try claimsFile.file.read(1_024, at: Int64(offset))
        guard let count = ClaimsFile.Slot.byteCount(head: head), count > head.count, head.count == 1_024 else {
          return head
        }
        return head + (try claimsFile.file.read(count - head.count, at: Int64(offset + head.count)))
      }
      if let slot = ClaimsFile.Slot(bytes, at: offset), slot.generation >= newest?.generation ?? 0 { newest = slot }
    }
    return newest
  }

  /// Writes what a turn changed: the cursor first, then the claims. What is in neither when this is cut short is offered
  /// again.
  func write(_ shared: inout Shared, of journal: UniqueID) throws(ChannelError) {
    shared.group.tidy()
    if shared.group.cursor != shared.cursorBefore {
      try seat.write(
        ReaderFile.Slot(
          generation: shared.cursorGeneration + 1,
          journal: journal,
          cursor: shared.group.cursor,
          written: folder.options.clock()
        )
      )
    }
    if shared.group.claims != shared.claimsBefore || shared.group.offered != shared.offeredBefore {
      let slot = ClaimsFile.Slot(
        generation: shared.claimsGeneration + 1,
        journal: journal,
        boot: folder.boot,
        offered: shared.group.offered,
        claims: shared.group.claims
      )
      try claimsFile.write(slot.encode(), at: ClaimsFile.offset(of: slot.generation))
    }
  }

  // MARK: Members

  /// The numbers of the members whose file is there.
  func memberNumbers() throws(ChannelError) -> [GroupClaims.Member] {
    let names = try ChannelError.calls(at: folder.readers.path) { () throws(SystemError) in try folder.readers.names() }
    return names.filter { $0.hasPrefix(name + "~") }.compactMap(Self.memberNumber)
  }

  /// Whether a member is gone: its file is not there, or nobody holds its flock.
  func isGone(_ member: GroupClaims.Member) throws(ChannelError) -> Bool {
    guard let seat = try ReaderSeat.open(Self.member(member, of: name), in: folder.readers) else { return true }
    return try seat.isFree()
  }

  /// Gives a new member a number and a file that it holds; the files of members that are gone are removed. The group's
  /// flock is held.
  func join() throws(ChannelError) -> (number: GroupClaims.Member, seat: ReaderSeat, gone: Set<GroupClaims.Member>) {
    let readers = folder.readers
    var present: Set<GroupClaims.Member> = []
    var gone: Set<GroupClaims.Member> = []
    for number in try memberNumbers() {
      if try isGone(number) {
        gone.insert(number)
        try ReaderRegistry(folder).unlink(Self.member(number, of: name))
      } else {
        present.insert(number)
      }
    }
    // Not that of one who is just gone either: its claims are still in the table.
    guard let number = (1...GroupClaims.Member.max).first(where: { !present.contains($0) && !gone.contains($0) }) else {
      throw ChannelError(.refused, at: seat.path, "has no number left for a member")
    }
    let file = Self.member(number, of: name)
    let path = readers.path(of: file)
    let now = folder.options.clock()
    let header = try ReaderFile.Header.own(.group, registered: now, heldSince: now, at: path)
    let made = try ChannelError.calls(at: path) { () throws(SystemError) in try readers.create(file) }
    let member = ReaderSeat(file, in: readers, file: made)
    guard try member.tryLock() == .locked else {
      throw ChannelError(.readerBusy, at: path, "was locked by somebody while it was made", hint: "try again")
    }
    try member.write(header)
    return (number, member, gone)
  }
}
