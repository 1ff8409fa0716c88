// Who reads a journal, as the files of the readers show it.

internal import ChannelModel
internal import Glibc
internal import LinuxIO

/// A reader's file as it was found, read without its lock: what is torn does not fit its checksum.
struct RegisteredReader: Sendable {
  let name: String
  let kind: ReaderFile.Kind
  /// Its newest cursor; nil before the first is written, or when none is whole.
  let slot: ReaderFile.Slot?

  /// How far it has come in a journal: a cursor of another one starts at what is retained.
  func through(of journal: UniqueID) -> SequenceNumber {
    guard let slot, slot.journal == journal else { return .none }
    return slot.cursor.through
  }

  /// The readers of a direction; to be called under the journal's lock, since readers register under it.
  ///
  /// The file of a reader without a name whose flock is free is removed: its process is gone.
  static func all(in folder: Directory) throws(ChannelError) -> [RegisteredReader] {
    var readers: [RegisteredReader] = []
    let names = try ChannelError.calls(at: folder.path) { () throws(SystemError) in try folder.names() }
    for name in names where ReaderName.isReaders(name) {
      if let reader = try find(name, in: folder) { readers.append(reader) }
    }
    return readers
  }

  private static func find(_ name: String, in folder: Directory) throws(ChannelError) -> RegisteredReader? {
    do {
      return try read(try folder.openRegularFile(name), name, in: folder)
    } catch {
      switch error {
      // Removed since it was listed.
      case .system(let error) where error.code == ENOENT: return nil
      // What is no regular file of ours is no reader; it holds nothing back.
      case .refused: return nil
      case .system: throw ChannelError(error, at: folder.path)
      }
    }
  }

  private static func read(
    _ file: consuming OpenFile,
    _ name: String,
    in folder: Directory
  ) throws(FileError) -> RegisteredReader? {
    do throws(SystemError) {
      let bytes = try file.read(ReaderFile.byteCount, at: 0)
      // Torn, or of a newer version: somebody is registered under that name, and what he has read is not known unless a
      // cursor says so. So everything behind it is kept for him; who is in the way is named when room runs out.
      let kind =
        ReaderName.isMadeUp(name) ? .unnamed : (try? ReaderFile.Header(decoding: bytes).kind) ?? ReaderFile.Kind.reader
      // The flock is held for as long as its reader lives.
      if kind == .unnamed, try file.tryLock() {
        try file.unlock()
        try folder.unlinkIfThere(name)
        return nil
      }
      return RegisteredReader(name: name, kind: kind, slot: ReaderFile.newestSlot(in: bytes))
    } catch {
      throw .system(error)
    }
  }
}
