// Where goes what does not belong into a journal: nothing is thrown away unseen.

internal import ChannelModel
internal import Glibc
internal import LinuxIO

/// The folder of a direction that keeps what repair cut off or moved out of the way.
struct Quarantine {
  let folder: Directory
  let time: WallTime

  /// More than any append of ours can leave torn; what somebody made longer is kept only so far.
  static let highestByteCount = BatchScan.highestBatchByteCount + JournalRecord.highestByteCount

  /// Keeps a copy of bytes that are about to be cut off.
  ///
  /// - Returns: Where they lie.
  @discardableResult
  func keep(_ bytes: [UInt8], of name: String, at offset: Int) throws(ChannelError) -> String {
    try ChannelError.calls(at: folder.path) { () throws(SystemError) in
      guard try hasRoom() else { throw SystemError("openat", on: folder.path, code: EDQUOT) }
      var path = ""
      let kept = try place("\(name)-\(offset).torn") { (name) throws(SystemError) in
        path = folder.path(of: name)
        do throws(SystemError) {
          let file = try folder.create(name)
          do throws(SystemError) {
            try file.write(bytes.span, at: 0)
          } catch {
            try? folder.unlink(name)
            throw error
          }
          return true
        } catch let error where error.code == EEXIST {
          return false
        }
      }
      guard kept else { throw SystemError("openat", on: folder.path, code: EEXIST) }
      return path
    }
  }

  /// Whoever fills it on purpose does not fill the disk.
  private func hasRoom() throws(SystemError) -> Bool {
    let names = try folder.names()
    guard names.count < Self.highestFileCount else { return false }
    var byteCount: Int64 = 0
    for name in names { byteCount += try folder.facts(of: name)?.stamp.size ?? 0 }
    return byteCount < Self.highestTotal
  }

  private static let highestFileCount = 1_000
  private static let highestTotal: Int64 = 256 << 20

  /// Moves something here out of another folder, whatever it is.
  func take(_ name: String, from other: Directory) throws(ChannelError) {
    try ChannelError.calls(at: folder.path) { () throws(SystemError) in
      let isMoved = try place(name) { (newName) throws(SystemError) in
        try other.renameIfFree(name, to: newName, in: folder)
      }
      guard isMoved else { throw SystemError("renameat2", on: folder.path, code: EEXIST) }
    }
  }

  /// Tries names until one is free; false when so many are taken that somebody does it on purpose.
  private func place(_ name: String, _ body: (String) throws(SystemError) -> Bool) throws(SystemError) -> Bool {
    for number in 0..<1_000 {
      if try body("\(time.milliseconds)-\(number)-\(name)") { return true }
    }
    return false
  }
}
