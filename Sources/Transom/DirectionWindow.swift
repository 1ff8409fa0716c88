// One direction's window, as this process serves it.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// What goes across between a direction's journal and the array that 1.0 programs read and write.
package final class DirectionWindow: Sendable {
  let folder: DirectionFolder
  let projected = ProjectedFile()
  let importer: Importer
  let projector: Projector
  let peers: PeersSeen
  private let probe = Mutex<Probe?>(nil)

  /// The lock among natives, only to see whether somebody has it.
  private struct Probe {
    let folder: Directory
    let held: HeldFile
  }

  init(_ folder: DirectionFolder) {
    self.folder = folder
    importer = Importer(folder, projected)
    peers = folder.options.peers(folder.direction)
    projector = Projector(folder, importer, projected, peers)
  }

  var direction: Direction { folder.direction }

  /// What a look at the window's name tells of its content.
  enum Look {
    /// Everything in it is in the journal.
    case known
    /// Something may be in it that is not; so many bytes.
    case foreign(byteCount: Int64)
    /// One of ours is about to put another in its place: look again.
    case changing(byteCount: Int64)
  }

  /// Whether something may be in the window that is not in the journal.
  func mayBeForeign() throws(ChannelError) -> Bool {
    if case .foreign = try look() { true } else { false }
  }

  private func look(_ seen: FileStamp? = nil) throws(ChannelError) -> Look {
    let stamp = if let seen { seen } else { try facts()?.stamp }
    guard let stamp, !importer.hasSeen(stamp) else { return .known }
    let record = try projected.readLately(in: folder.folder)?.record
    if record?.boot == folder.boot, record?.window == FileState(stamp) { return .known }
    return .foreign(byteCount: stamp.size)
  }

  /// The same, looked at while none of ours puts another window in place.
  ///
  /// Then `projected` already speaks of that one, and the window that is still there matches nothing. To read it would be
  /// in vain, and that all the time beside somebody who sends.
  ///
  /// `stamp` is the window's as it was seen a moment ago; nil when nobody has looked.
  func lookAtRest(_ stamp: FileStamp? = nil) throws(ChannelError) -> Look {
    let first = try look(stamp)
    guard case .foreign(let byteCount) = first, projected.isThere else { return first }
    return try probe.withLock { (probe) throws(ChannelError) in
      if probe?.folder !== folder.folder {
        // Nobody has it where it is not there.
        let file = try? folder.folder.openRegularFile(ChannelLayout.Inside.projectLock)
        probe = if let file { Probe(folder: folder.folder, held: HeldFile(file)) } else { nil }
      }
      // Shared, and for an instant: two who look must not take each other for a sender. Where it cannot be had there is
      // nothing to wait for either.
      guard let held = probe?.held, let isFree = try? held.file.tryLock(shared: true) else { return first }
      guard isFree else { return .changing(byteCount: byteCount) }
      defer { try? held.file.unlock() }
      return try look()
    }
  }

  /// What stands at the window's name, whatever it is.
  func facts() throws(ChannelError) -> FileFacts? { try folder.windowFacts() }

  /// Up to where a window that matches its `projected` shows the journal; nil when it matches none, so that something
  /// foreign may be in it.
  func shownPlace() throws(ChannelError) -> JournalPlace? {
    guard let stamp = try facts()?.stamp, let record = try projected.read(in: folder.folder)?.record,
      record.boot == folder.boot, record.window == FileState(stamp)
    else { return nil }
    return record.place
  }

  /// Where the journal ends, by its files.
  func journalEnd() throws(ChannelError) -> JournalPlace? { try Self.journalEnd(of: folder) }

  static func journalEnd(of folder: DirectionFolder) throws(ChannelError) -> JournalPlace? {
    guard let newest = try folder.log.segments().last else { return nil }
    let journal = folder.journal
    let size = try ChannelError.calls(at: journal.path) { () throws(SystemError) in
      try journal.facts(of: ChannelLayout.segment(beginningAt: newest))?.stamp.size
    }
    return size.map { JournalPlace(segment: newest, end: Int(clamping: $0)) }
  }
}
