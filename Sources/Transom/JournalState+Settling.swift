// Finding the journal's end, whatever became of its files.

internal import ChannelModel
internal import Glibc
internal import LinuxIO

extension JournalState {
  /// More of one segment is never read at once: no append is longer, nor is a segment before it.
  static let highestByteCount = 80 << 20

  /// Whether the newest segment is as this process left it.
  mutating func isUpToDate(_ segment: SegmentFile) throws(ChannelError) -> Bool {
    guard let end = newest?.tail.end, newest?.tail.isSound == true else { return false }
    let facts: FileFacts
    do {
      facts = try segment.file.facts()
    } catch {
      throw ChannelError(error, at: segment.file.path)
    }
    guard facts.stamp.size == Int64(end), facts.links > 0 else { return false }
    return try hasItsName(facts.stamp)
  }

  /// Brings `newest` up to date, under the lock.
  mutating func settle() throws(ChannelError) {
    guard let segment = newest?.segment, let last = newest?.tail.end, let isSound = newest?.tail.isSound else {
      return try load()
    }
    let facts = try ChannelError.calls(at: segment.file.path) { () throws(SystemError) in try segment.file.facts() }
    let end = Int64(last)
    // Removed, replaced or cut: what is known of it is only remembered.
    guard facts.links > 0, facts.stamp.size >= end, try hasItsName(facts.stamp) else { return try load() }
    if isSound, facts.stamp.size == end { return }
    guard var tail = newest?.tail else { return try load() }
    newest = nil
    let count = Int(min(facts.stamp.size - end, Int64(Self.highestByteCount)))
    let more = try ChannelError.calls(at: segment.file.path) { () throws(SystemError) in
      Self.withoutZeros(try segment.file.read(count, at: end))
    }
    tail.read(on: more, from: Int(end))
    // Whoever sealed it has begun another.
    guard tail.sealedTo == nil else { return try load() }
    remember(tail.last)
    newest = Newest(segment: segment, tail: tail)
  }

  /// Whether the newest segment still lies in the journal. One that was moved away looks as before by its descriptor, so
  /// from time to time it is looked for by its name; what was appended to it meanwhile is told as a gap.
  private mutating func hasItsName(_ stamp: FileStamp) throws(ChannelError) -> Bool {
    guard now.time.isApart(from: verified.segment, milliseconds: 10), let header = newest?.tail.header else {
      return true
    }
    let name = ChannelLayout.segment(beginningAt: header.first)
    let found = try ChannelError.calls(at: place.journal.path) { () throws(SystemError) in
      try place.journal.facts(of: name)
    }
    guard let found, found.stamp.isSameFile(as: stamp) else { return false }
    verified.segment = now.time
    return true
  }

  /// Reads the end from the files; a journal without segments is begun.
  mutating func load() throws(ChannelError) {
    let known = newest?.tail.header
    if let known = newest { remember(known.tail.last) }
    forget()
    // What cannot be read is moved out of the way, and somebody may put such things there again and again.
    for _ in 0..<64 {
      guard let first = try numbers().max() else {
        try beginJournal()
        return
      }
      guard let found = try open(first, known: known) else { continue }
      remember(found.tail.last)
      let isInTrouble = found.tail.torn != nil || found.tail.isDamaged || found.tail.header.boot != ground.boot
      try rememberFiles(thoroughly: isInTrouble)
      newest = found
      verified.segment = now.time
      return
    }
    throw ChannelError(
      .damaged,
      at: place.journal.path,
      "somebody keeps putting files here that are no segments",
      hint: "look into the quarantine folder beside it"
    )
  }

  func numbers() throws(ChannelError) -> [SequenceNumber] {
    try ChannelError.calls(at: place.journal.path) { () throws(SystemError) in
      try place.journal.names().compactMap(ChannelLayout.firstSequenceNumber(ofSegment:))
    }
  }

  /// Opens the newest segment; nil when it was gone or had to be moved out of the way.
  ///
  /// What is no regular file, or has no header of ours that fits its name, was planted or torn by a power loss: it goes
  /// to quarantine as it is. A newer version's is not touched, nor a stranger's or one that has other names: those are
  /// somebody's, and the error says which file it is.
  private mutating func open(_ first: SequenceNumber, known: SegmentHeader?) throws(ChannelError) -> Newest? {
    let name = ChannelLayout.segment(beginningAt: first)
    switch try look(at: name) {
    case .gone: return nil
    case .file(let file):
      let headers = try headers(before: first, known: known)
      if let sound = try Self.read(file, named: first, of: headers) { return sound }
    case .ofAnotherKind: break
    }
    try makeQuarantine()
    try Quarantine(folder: place.quarantine, time: now.time).take(name, from: place.journal)
    return nil
  }

  private enum Look: ~Copyable {
    case file(OpenFile)
    case gone
    case ofAnotherKind
  }

  private func look(at name: String) throws(ChannelError) -> Look {
    do {
      return .file(try place.journal.openRegularFile(name, for: .readingAndWriting))
    } catch {
      switch error {
      case .system(let error) where error.code == ENOENT: return .gone
      case .refused(let refusal) where refusal.reason.isOfAnotherKind: return .ofAnotherKind
      case .system, .refused: throw ChannelError(error, at: place.journal.path)
      }
    }
  }

  /// Bytes but for most of the zeros at their end: a file can be made long without a byte being written.
  static func withoutZeros(_ bytes: [UInt8]) -> [UInt8] {
    var end = bytes.count
    while end >= blank.count {
      // Safe: both are as long as is compared.
      let isBlank = unsafe bytes.withUnsafeBytes { bytes in
        unsafe blank.withUnsafeBytes { blank in
          guard let bytes = bytes.baseAddress, let zeros = blank.baseAddress else { return false }
          return unsafe memcmp(bytes + (end - blank.count), zeros, blank.count) == 0
        }
      }
      if !isBlank { break }
      end -= blank.count
    }
    return end == bytes.count ? bytes : Array(bytes[..<max(end, 1)])
  }

  private static let blank = [UInt8](repeating: 0, count: 64 << 10)

  /// Reads a segment; nil when its header is none that fits its name, and is not known otherwise.
  private static func read(
    _ file: consuming OpenFile,
    named first: SequenceNumber,
    of journals: [SegmentHeader]
  ) throws(ChannelError) -> Newest? {
    let path = file.path
    let bytes: [UInt8]
    do {
      bytes = withoutZeros(try file.read(Int(min(file.factsAtOpening.stamp.size, Int64(highestByteCount))), at: 0))
    } catch {
      throw ChannelError(error, at: path)
    }
    do {
      let tail = try JournalTail(reading: bytes)
      return tail.header.first == first ? Newest(segment: SegmentFile(file, header: tail.header), tail: tail) : nil
    } catch {
      if case .newer = error.fault { throw ChannelError(error, at: path) }
    }
    for known in journals {
      let header = SegmentHeader(journal: known.journal, boot: known.boot, first: first)
      var tail = JournalTail(beginning: header)
      tail.read(on: bytes, from: 0)
      // A record that fits the journal's identifier proves that the segment is one of it.
      guard tail.last >= first else { continue }
      do {
        try file.write(header.encode().span, at: 0)
      } catch {
        throw ChannelError(error, at: path)
      }
      return Newest(segment: SegmentFile(file, header: header), tail: tail)
    }
    return nil
  }

  /// Headers that a segment with a broken one may have had: that of the end as it was known, and those before it.
  private func headers(before first: SequenceNumber, known: SegmentHeader?) throws(ChannelError) -> [SegmentHeader] {
    var headers = known.map { [$0] } ?? []
    guard let before = try numbers().filter({ $0 < first }).max(),
      let bytes = try contents(of: ChannelLayout.segment(beginningAt: before), in: place.journal, first: 64),
      let header = try? SegmentHeader(decoding: bytes)
    else { return headers }
    headers.append(header)
    return headers
  }

  /// Begins a journal where there is none: behind every seq that anybody remembers, and under another identifier, so that
  /// readers of the one before start at what is there now.
  private mutating func beginJournal() throws(ChannelError) {
    try rememberFiles(thoroughly: true)
    guard now.remembered.next <= .highest else {
      throw ChannelError(.damaged, at: place.journal.path, "\(JournalTail.Exhausted())")
    }
    let journal = UniqueID.random()
    let header = SegmentHeader(journal: journal, boot: ground.boot, first: now.remembered.next)
    let begun = try begin(header)
    newest = Newest(segment: begun, tail: JournalTail(beginning: header))
    closedByteCount = 0
    guard now.remembered > .none else { return }
    _ = try carryOut([.gap(GapNotice(.replaced))])
  }

  /// Reads what the files beside the journal say of seqs that were given. `ids` is long and only asked when the journal
  /// itself is in doubt.
  private mutating func rememberFiles(thoroughly: Bool) throws(ChannelError) {
    for reader in try RegisteredReader.all(in: place.readers) {
      if let slot = reader.slot { remember(slot.cursor.through) }
    }
    // What does not decode remembers nothing; it is written anew by whoever owns it.
    if let bytes = try contents(of: ChannelLayout.Inside.projected, in: place.folder, first: 4_096),
      let projected = try? Projected(decoding: bytes)
    {
      remember(max(projected.through, projected.floor))
    }
    if thoroughly, let bytes = try contents(of: ChannelLayout.Inside.importedIDs, in: place.folder, first: 80 << 20),
      let through = ImportedIDs.highestNumber(in: bytes)
    {
      remember(through)
    }
  }

  /// A file's first bytes; nil when it is missing or no file of ours, which says nothing either.
  private func contents(of name: String, in folder: Directory, first count: Int) throws(ChannelError) -> [UInt8]? {
    let file: OpenFile
    do {
      file = try folder.openRegularFile(name)
    } catch .system(let error) where error.code == ENOENT {
      return nil
    } catch .refused {
      return nil
    } catch {
      throw ChannelError(error, at: folder.path(of: name))
    }
    do {
      return try file.read(Int(min(file.factsAtOpening.stamp.size, Int64(count))), at: 0)
    } catch {
      throw ChannelError(error, at: folder.path(of: name))
    }
  }
}

extension FileRefusal.Reason {
  /// Whether it is no regular file at all.
  fileprivate var isOfAnotherKind: Bool {
    switch self {
    case .symlink, .fifo, .socket, .directory, .device, .notADirectory: true
    case .strangerOwner, .tooLarge, .hasOtherNames: false
    }
  }
}
