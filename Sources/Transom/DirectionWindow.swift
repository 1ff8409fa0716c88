// One direction's window, as this process serves it.

internal import ChannelModel
internal import LinuxIO

/// What goes across between a direction's journal and the array that 1.0 programs read and write.
package final class DirectionWindow: Sendable {
  let folder: DirectionFolder
  let projected = ProjectedFile()
  let importer: Importer
  let projector: Projector
  let peers: PeersSeen

  init(_ folder: DirectionFolder) {
    self.folder = folder
    importer = Importer(folder, projected)
    peers = folder.options.peers[Int(folder.direction.rawValue)]
    projector = Projector(folder, importer, projected, peers)
  }

  var direction: Direction { folder.direction }

  /// Whether something may be in the window that is not in the journal.
  func mayBeForeign() throws(ChannelError) -> Bool {
    guard let stamp = try facts()?.stamp else { return false }
    if importer.hasSeen(stamp) { return false }
    return try shownPlace() == nil
  }

  /// What stands at the window's name, whatever it is.
  func facts() throws(ChannelError) -> FileFacts? {
    let channel = folder.ground.directory
    return try ChannelError.calls(at: channel.path) { () throws(SystemError) in
      try channel.facts(of: ChannelLayout.window(direction))
    }
  }

  /// Up to where a window that matches its `projected` shows the journal; nil when it matches none, so that something
  /// foreign may be in it.
  func shownPlace() throws(ChannelError) -> JournalPlace? {
    guard let stamp = try facts()?.stamp, let record = try projected.read(in: folder.folder)?.record,
      record.boot == folder.boot, record.window == FileState(stamp)
    else { return nil }
    return record.place
  }

  /// Where the journal ends, by its files.
  func journalEnd() throws(ChannelError) -> JournalPlace? {
    guard let newest = try folder.log.segments().last else { return nil }
    let journal = folder.journal
    let size = try ChannelError.calls(at: journal.path) { () throws(SystemError) in
      try journal.facts(of: ChannelLayout.segment(beginningAt: newest))?.stamp.size
    }
    return size.map { JournalPlace(segment: newest, end: Int(clamping: $0)) }
  }
}
