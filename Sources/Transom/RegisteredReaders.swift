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
}

/// Lists the readers of a direction; to be called under the journal's lock, since readers register under it.
///
/// The file of a reader without a name whose flock is free is removed: its process is gone.
func registeredReaders(in folder: Directory) throws(ChannelError) -> [RegisteredReader] {
  var readers: [RegisteredReader] = []
  let names = try ChannelError.calls(at: folder.path) { () throws(SystemError) in try folder.names() }
  // A `~` is in no reader's name: those files belong to the members of a group.
  for name in names where !name.hasPrefix(".") && !name.contains("~") {
    do {
      let file = try folder.openRegularFile(name)
      let bytes = try ChannelError.calls(at: file.path) { () throws(SystemError) in
        try file.read(ReaderFile.byteCount, at: 0)
      }
      let kind: ReaderFile.Kind
      do {
        kind = try ReaderFile.Header(decoding: bytes).kind
      } catch {
        // Torn, or of a newer version: somebody is registered under that name, and what he has read is not known unless
        // a cursor says so. So everything behind it is kept for him; who is in the way is named when room runs out.
        kind = .reader
      }
      if kind == .unnamed, try isAbandoned(file) {
        try ChannelError.calls(at: file.path) { () throws(SystemError) in
          try folder.unlinkIfThere(name)
        }
        continue
      }
      readers.append(RegisteredReader(name: name, kind: kind, slot: ReaderFile.newestSlot(in: bytes)))
    } catch let error as FileError {
      switch error {
      // Removed since it was listed.
      case .system(let error) where error.code == ENOENT: continue
      // What is no regular file of ours is no reader; it holds nothing back.
      case .refused: continue
      case .system: throw ChannelError(error, at: folder.path)
      }
    } catch let error as ChannelError {
      throw error
    } catch {
      preconditionFailure("nothing else is thrown here: \(error)")
    }
  }
  return readers
}

/// Whether nobody holds its flock; it is held for as long as its reader lives.
private func isAbandoned(_ file: borrowing OpenFile) throws(ChannelError) -> Bool {
  let path = file.path
  do {
    guard try file.tryLock() else { return false }
    try file.unlock()
    return true
  } catch {
    throw ChannelError(error, at: path)
  }
}
