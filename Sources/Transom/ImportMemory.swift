// The file in which a direction remembers what was imported.

internal import ChannelModel
internal import Glibc
internal import LinuxIO

/// The shell around `ImportedIDs`: what this process knows of the file `ids`. To be used under the journal's lock, whose
/// holder alone reads and writes it.
final class ImportMemory {
  /// What has to be done before it can be trusted.
  enum State: Equatable {
    case ready
    /// The journal may hold foreign records from this seq on that are not remembered; none: wherever it begins.
    case incomplete(from: SequenceNumber)
  }

  private var ids: ImportedIDs?
  private var held: HeldFile?
  /// Seqs from here on are to be read from the journal.
  private var owedFrom: SequenceNumber?

  private static let highestByteCount: Int64 = 80 << 20

  // MARK: Being up to date

  /// Sees whether others have imported since, and reads their memory then.
  ///
  /// `isDoubtful`: power was lost since, so that the journal may have what the file has not.
  func settle(
    in folder: Directory,
    of journal: UniqueID,
    isDoubtful: Bool
  ) throws(ChannelError) -> State {
    try ChannelError.files(at: folder.path(of: ChannelLayout.Inside.importedIDs)) { () throws(FileError) in
      try open(in: folder)
    }
    let mark = try read(ImportedIDs.markPlace)
    if ids == nil || ids?.begun != ImportedIDs.begun(inMark: mark) { try load(of: journal, isDoubtful) }
    if ids?.journal != journal {
      ids?.follow(journal)
      owedFrom = owedFrom ?? SequenceNumber.none
    }
    return owedFrom.map(State.incomplete) ?? .ready
  }

  private func open(in folder: Directory) throws(FileError) {
    if let held, try asFileError({ () throws(SystemError) in try held.file.facts().links }) > 0 { return }
    ids = nil
    held = nil
    held = HeldFile(try folder.openOrCreate(ChannelLayout.Inside.importedIDs, limit: Self.highestByteCount))
  }

  private func load(of journal: UniqueID, _ isDoubtful: Bool) throws(ChannelError) {
    let file = file
    let path = file.file.path
    let bytes = try ChannelError.files(at: path) { () throws(FileError) in
      try file.file.readAll(limit: Self.highestByteCount)
    }
    do throws(DiskFormat.Failure) {
      let read = try ImportedIDs(decoding: bytes, journal: journal)
      // Somebody may have left one that remembers next to nothing.
      if !read.isTooSmall(forWindowOf: 0) {
        ids = read
        owedFrom = isDoubtful ? read.completeThrough.next : read.unrememberedFrom
        return
      }
    } catch {
      if case .newer = error.fault { throw ChannelError(error, at: path) }
    }
    // It may have taken the place of one that was removed: the journal tells. Until that was read the file says so, or
    // the next to open it would take it for the memory of a channel in which nothing was ever imported.
    var anew = ImportedIDs(journal: journal)
    _ = anew.begin(at: ImportedIDs.unread)
    try writeWhole(anew)
    ids = anew
    owedFrom = anew.unrememberedFrom
  }

  private func writeWhole(_ ids: ImportedIDs) throws(ChannelError) {
    let file = file
    try ChannelError.calls(at: file.file.path) { () throws(SystemError) in
      let bytes = ids.encode()
      try file.file.write(bytes.span, at: 0)
      try file.file.truncate(to: Int64(bytes.count))
    }
  }

  private func read(_ place: Range<Int>) throws(ChannelError) -> [UInt8] {
    let file = file
    return try ChannelError.calls(at: file.file.path) { () throws(SystemError) in
      try file.file.read(place.count, at: Int64(place.lowerBound))
    }
  }

  private var file: HeldFile {
    guard let held else { preconditionFailure("the memory was settled before") }
    return held
  }

  // MARK: Remembering

  /// Whether anything was ever imported.
  var remembersAnything: Bool { ids.map { $0.completeThrough > .none } ?? false }

  func contains(_ hash: UInt64) -> Bool { ids?.contains(hash) ?? false }

  /// All that is remembered, for one who asks often; it must not outlive the call, or the next to be remembered copies it.
  func withHashes<Result>(_ body: (Set<UInt64>) -> Result) -> Result { body(ids?.hashes ?? []) }

  /// Takes note of foreign records that were found in the journal, which is known up to this seq now.
  ///
  /// Unless another has imported meanwhile, whose memory is read then.
  func complete(_ hashes: [UInt64], through last: SequenceNumber) throws(ChannelError) {
    guard try ids?.begun == ImportedIDs.begun(inMark: read(ImportedIDs.markPlace)) else {
      ids = nil
      return
    }
    try remember(hashes, through: last)
    if let write = ids?.wasRead() { try self.write([write]) }
    owedFrom = nil
  }

  /// Says that a batch is about to be appended from this seq on, out of a window of so many elements.
  func begin(at number: SequenceNumber, windowOf count: Int) throws(ChannelError) {
    if ids?.isTooSmall(forWindowOf: count) == true {
      ids?.enlarge(forWindowOf: count)
      // Whoever dies in the midst of that leaves a file that does not pass for whole.
      _ = ids?.begin(at: ImportedIDs.unread)
      if let ids { try writeWhole(ids) }
    }
    guard let write = ids?.begin(at: number) else { return }
    try self.write([write])
  }

  /// What was begun was not appended: what is on the disk is read the next time.
  func forget() {
    ids = nil
  }

  func remember(_ hashes: [UInt64], through last: SequenceNumber) throws(ChannelError) {
    guard let writes = ids?.remember(hashes, through: last) else { return }
    do throws(ChannelError) {
      try write(writes)
    } catch {
      // What is on the disk is read the next time, with what the mark says is missing.
      ids = nil
      throw error
    }
  }

  private func write(_ writes: [ImportedIDs.Write]) throws(ChannelError) {
    let file = file
    try ChannelError.calls(at: file.file.path) { () throws(SystemError) in
      for write in writes { try file.file.write(write.bytes.span, at: Int64(write.offset)) }
    }
  }
}
