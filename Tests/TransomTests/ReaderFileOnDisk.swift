// A durable reader as its file shows it, without a reader.

import ChannelModel
import LinuxIO
import TestSupport
import Transom

/// Registers under a name, and writes its cursor when told.
final class ReaderFileOnDisk {
  private let file: OpenFile
  private var generation: UInt64 = 0

  init(_ name: String, kind: ReaderFile.Kind = .reader, in folder: DirectionFolder) throws {
    file = try folder.readers.create(name)
    let header = ReaderFile.Header(
      kind: kind,
      process: 1,
      startTime: 1,
      processNamespace: 1,
      boot: folder.boot,
      registered: WallTime(nanoseconds: 1),
      heldSince: WallTime(nanoseconds: 1)
    )
    try file.write(header.encode().span, at: 0)
    try file.truncate(to: Int64(ReaderFile.byteCount))
    _ = try file.tryLock()
  }

  fileprivate func sync() throws { try file.sync() }

  func acknowledge(_ number: SequenceNumber, of journal: UniqueID) throws {
    generation += 1
    let slot = ReaderFile.Slot(
      generation: generation,
      journal: journal,
      cursor: Cursor(through: number),
      written: WallTime(nanoseconds: 1)
    )
    try file.write(slot.encode().span, at: Int64(slot.offset))
  }
}

extension ReaderFileOnDisk {
  /// Makes it survive a power loss, with all names that lead to it.
  func flush(_ folder: DirectionFolder) throws {
    try sync()
    for directory in [folder.readers, folder.folder, folder.ground.directory] { try directory.sync() }
    try folder.ground.directory.subdirectory(ChannelLayout.hidden).sync()
    try Directory.open(folder.path + "/..", calls: folder.options.calls).sync()
  }
}
