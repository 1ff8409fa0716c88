// Looking after the readers of a direction: what `transom reader list|drop|reset` do.

package import ChannelModel
internal import Glibc
internal import LinuxIO

extension ReaderRegistry {
  /// A registered reader, as it stands.
  package struct Listed: Hashable, Sendable {
    package let name: String
    /// Nil when its file cannot be read: `fault` says why.
    package let kind: ReaderFile.Kind?
    /// Everything up to here is acknowledged.
    package let through: SequenceNumber
    /// How many seqs lie behind that; some may carry no message.
    package let lag: UInt64
    /// When its cursor was last written.
    package let written: WallTime?
    package let registered: WallTime?
    package let heldSince: WallTime?
    /// When somebody took it or acknowledged something last, as far as its file says.
    package let lastUsed: WallTime?
    /// Who reads under the name now, in words; nil when nobody does. For a group one for each member.
    package let holders: [String]
    package let fault: String?

    package var isHeld: Bool { !holders.isEmpty }
  }

  /// Everybody registered, by name; readers without a name whose process is gone are removed, unless the channel is only
  /// looked at.
  package func list() throws(ChannelError) -> [Listed] {
    try folder.log.withLock(until: .now.advanced(by: Self.patience)) {
      held throws(ChannelError) -> [Listed] in
      let names = try names()
      let members = names.filter { GroupFiles.memberNumber(of: $0) != nil }
      var listed: [Listed] = []
      for name in names.sorted() where ReaderName.isReaders(name) {
        if let found = try look(at: name, members, held.journal, held.last) { listed.append(found) }
      }
      return listed
    }
  }

  private var access: FileAccess { folder.options.isOnlyLookedAt ? .reading : .readingAndWriting }

  private func names() throws(ChannelError) -> [String] {
    try ChannelError.calls(at: folder.readers.path) { () throws(SystemError) in try folder.readers.names() }
  }

  private func look(
    at name: String,
    _ members: [String],
    _ journal: UniqueID,
    _ last: SequenceNumber
  ) throws(ChannelError) -> Listed? {
    let seat: ReaderSeat
    let contents: ReaderFile.Contents
    do throws(ChannelError) {
      guard let opened = try ReaderSeat.open(name, in: folder.readers, for: access) else { return nil }
      seat = opened
      contents = try opened.read()
    } catch {
      // One file that is in the way does not hide the others.
      return Listed(
        name: name,
        kind: nil,
        through: .none,
        lag: last.rawValue,
        written: nil,
        registered: nil,
        heldSince: nil,
        lastUsed: nil,
        holders: [],
        fault: error.what
      )
    }
    let kind = ReaderName.isMadeUp(name) ? .unnamed : contents.header?.kind
    let holders = kind == .group ? try holders(among: members, of: name) : try holder(of: seat).map { [$0] } ?? []
    if kind == .unnamed, holders.isEmpty {
      if !folder.options.isOnlyLookedAt { try unlink(name) }
      return nil
    }
    let through = contents.through(in: journal)
    return Listed(
      name: name,
      kind: kind,
      through: through,
      lag: last.distance(from: through),
      written: contents.slot?.written,
      registered: contents.header?.registered,
      heldSince: holders.isEmpty ? nil : contents.header?.heldSince,
      lastUsed: [contents.header?.heldSince, contents.slot?.written].compactMap(\.self).max(),
      holders: holders,
      fault: contents.slot == nil ? "no cursor in it is whole: it begins at what is retained" : nil
    )
  }

  private func holders(among members: [String], of group: String) throws(ChannelError) -> [String] {
    var holders: [String] = []
    for member in members.sorted() where member.hasPrefix(group + "~") {
      guard let seat = try ReaderSeat.open(member, in: folder.readers, for: access),
        let holder = try holder(of: seat)
      else { continue }
      holders.append(holder)
    }
    return holders
  }

  private func holder(of seat: ReaderSeat) throws(ChannelError) -> String? {
    if try seat.isFree() { return nil }
    return seat.occupant() ?? "somebody"
  }

  /// Forgets a reader or a group: what it has not read holds nobody up any more. One that is in use is refused, unless
  /// it is forced; then who has it finds out at its next acknowledgement.
  package func drop(_ name: ReaderName, force: Bool = false) throws(ChannelError) {
    guard let seat = try ReaderSeat.open(name.text, in: folder.readers) else { throw unknown(name) }
    let isFree = try seat.tryLock() != .busy
    let members = try names().filter { $0.hasPrefix(name.text + "~") && GroupFiles.memberNumber(of: $0) != nil }
    let holders = try holders(among: members, of: name.text)
    guard force || isFree && holders.isEmpty else { throw holders.first.map { busy(seat, $0) } ?? seat.busy }
    try folder.log.withLock(until: .now.advanced(by: Self.patience)) { _ throws(ChannelError) in
      for member in members { try unlink(member) }
      try unlink(GroupFiles.claims(of: name.text))
      try unlink(name.text)
    }
    // Held so far, so that nobody took it meanwhile.
    withExtendedLifetime(seat) {}
  }

  /// Where a reader can be set.
  package enum Place: Hashable, Sendable {
    /// At what is retained: all of that comes again.
    case start
    /// At what comes from now on: the rest is passed over.
    case new
    /// Behind a seq.
    case behind(SequenceNumber)
  }

  /// Sets the cursor of a reader or a group that nobody uses; what it acknowledged out of order is forgotten.
  package func reset(_ name: ReaderName, to place: Place) throws(ChannelError) {
    guard let seat = try ReaderSeat.open(name.text, in: folder.readers) else { throw unknown(name) }
    guard try seat.tryLock() == .locked else { throw seat.busy }
    let members = try names().filter { GroupFiles.memberNumber(of: $0) != nil }
    if let holder = try holders(among: members, of: name.text).first { throw busy(seat, holder) }
    let contents = try seat.read()
    let now = folder.options.clock()
    try folder.log.withLock(until: .now.advanced(by: Self.patience)) { held throws(ChannelError) in
      let through =
        switch place {
        case .start: SequenceNumber.none
        case .new: held.last
        case .behind(let number): min(number, held.last)
        }
      // The claims first: without the cursor they say nothing, and with a cursor of before they would be offered again.
      try unlink(GroupFiles.claims(of: name.text))
      let slot = ReaderFile.Slot(
        generation: (contents.slot?.generation ?? 0) + 1,
        journal: held.journal,
        cursor: Cursor(through: through),
        written: now
      )
      try seat.write(slot)
    }
  }

  private func unknown(_ name: ReaderName) -> ChannelError {
    ChannelError(.noReader, at: folder.readers.path(of: name.text), "no reader has this name")
  }

  private func busy(_ seat: ReaderSeat, _ holder: String) -> ChannelError {
    ChannelError(.readerBusy, at: seat.path, "is in use by \(holder)", hint: "end it first")
  }
}
