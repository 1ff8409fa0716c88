// Where a monitor begins.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

/// What a monitor has to know to tell new messages from those that were there before it came.
struct MonitorStart {
  /// Nil where nobody has begun a journal yet.
  var journal: UniqueID?
  /// It reads the journal behind this seq …
  var after = SequenceNumber.none
  /// … and what it finds there up to this one it delivers as it comes: none of it can have been delivered from a window.
  var old = SequenceNumber.none
  var view = MonitorView()

  /// In a channel that only 1.0 programs have used.
  init() {}

  /// Finds it without a lock: so that both belong together, the memory of those who import is read, then the journal's
  /// end, until no import began in between.
  init(_ start: ReaderRegistry.Start, in folder: DirectionFolder) throws(ChannelError) {
    var held = try Self.end(of: folder)
    var memory = try Self.memory(of: folder, held.journal)
    for _ in 0..<8 {
      held = try Self.end(of: folder)
      let now = try Self.memory(of: folder, held.journal)
      let isAtRest = memory?.begun == now?.begun && now?.unrememberedFrom == nil
      memory = now
      if isAtRest { break }
    }
    if memory == nil, case .start = start, held.last > .none {
      // It is missing, and who imports next reads the journal as well: what stands there may be in the window still.
      memory = Self.unread(held.journal)
    }
    journal = held.journal == UniqueID(high: 0, low: 0) ? nil : held.journal
    view = MonitorView(imported: memory)
    switch start {
    case .new: after = held.last
    case .start: after = held.segments.first?.first.previous ?? .none
    case .behind(let number): after = number
    }
    old = held.last
    if let first = memory?.unrememberedFrom { try meetAppended(from: first, in: folder) }
  }

  private static func end(of folder: DirectionFolder) throws(ChannelError) -> Journal.Held {
    try folder.log.withLock(until: .now) { held throws(ChannelError) in held }
  }

  private static let highestByteCount: Int64 = 80 << 20

  /// Nil where nothing was ever imported, and where the file is damaged: then the journal tells.
  private static func memory(of folder: DirectionFolder, _ journal: UniqueID) throws(ChannelError) -> ImportedIDs? {
    let name = ChannelLayout.Inside.importedIDs
    let path = folder.folder.path(of: name)
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try folder.folder.openRegularFile(name, limit: highestByteCount).readAll(limit: highestByteCount)
    } catch {
      let told = ChannelError(error, at: path)
      if told.isOfSomethingMissing { return nil }
      throw told
    }
    do throws(DiskFormat.Failure) {
      return try ImportedIDs(decoding: bytes, journal: journal)
    } catch {
      if case .newer = error.fault { throw ChannelError(error, at: path) }
      return unread(journal)
    }
  }

  private static func unread(_ journal: UniqueID) -> ImportedIDs {
    var unread = ImportedIDs(journal: journal)
    _ = unread.begin(at: ImportedIDs.unread)
    return unread
  }

  /// Reads from the journal what an importer appended and did not come to remember.
  private mutating func meetAppended(from first: SequenceNumber, in folder: DirectionFolder) throws(ChannelError) {
    let reader = JournalReader(folder, after: first.previous)
    while let stretch = try reader.next() {
      for record in stretch.records where record.kind == .foreign && record.sequenceNumber <= old {
        let content = Array(stretch.bytes[record.content])
        guard let index = try? MessageIndex(element: content) else { continue }
        _ = view.meet(ForeignTraits(index, in: content), folder.key)
      }
      if reader.last >= old { return }
    }
  }
}
