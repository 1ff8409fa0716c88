// The file in which a projector says what a window shows.

internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Synchronization

/// Reads and writes a direction's `projected`; only who holds `project.lock` writes it.
final class ProjectedFile: Sendable {
  /// A record as it was read.
  struct Found: Sendable {
    let record: Projected
    /// By what `project.lock` confirms it.
    let checksum: UInt32
  }

  private struct Open {
    let held: HeldFile
    let folder: Directory
    /// When its name was last seen to be its own: somebody may have removed or replaced it.
    var verified: Moment
  }

  /// Whether it is opened for reading alone, by who never projects.
  private let isOnlyRead: Bool
  private let state = Mutex<Open?>(nil)
  /// Where and when it was last found missing: where only 1.0 programs send it stays so.
  private let missing = Mutex<(folder: Directory, at: Moment)?>(nil)

  init(isOnlyRead: Bool = false) {
    self.isOnlyRead = isOnlyRead
  }

  /// Whether anybody of ours has projected here, as far as the last reading tells.
  var isThere: Bool { state.withLock { $0 != nil } }

  private static let verificationInterval = Duration.milliseconds(100)

  /// The same for a look that may be a moment old: where nobody of ours has projected the file is not looked for each time.
  func readLately(in folder: Directory) throws(ChannelError) -> Found? {
    let now = Moment.now
    if !isThere, let known = missing.withLock({ $0 }), known.folder === folder,
      now.duration(since: known.at) < Self.verificationInterval
    {
      return nil
    }
    let found = try read(in: folder)
    missing.withLock { $0 = isThere ? nil : (folder, now) }
    return found
  }

  /// What was last written; nil where nothing readable is. A newer version's is refused.
  func read(in folder: Directory) throws(ChannelError) -> Found? {
    let bytes = try state.withLock { (state) throws(ChannelError) -> [UInt8]? in
      guard let held = try settle(&state, in: folder, mayCreate: false) else { return nil }
      return try Self.calls(at: folder) { () throws(SystemError) in try held.file.read(Projected.byteCount, at: 0) }
    }
    guard let bytes else { return nil }
    do throws(DiskFormat.Failure) {
      return Found(record: try Projected(decoding: bytes), checksum: Projected.checksum(of: bytes))
    } catch {
      if case .newer = error.fault { throw ChannelError(error, at: folder.path(of: ChannelLayout.Inside.projected)) }
      return nil
    }
  }

  /// Writes a record, and says what `project.lock` is to confirm it by.
  func write(_ record: Projected, in folder: Directory) throws(ChannelError) -> UInt32 {
    let bytes = record.encode()
    try state.withLock { (state) throws(ChannelError) in
      guard let held = try settle(&state, in: folder, mayCreate: true) else { return }
      try Self.calls(at: folder) { () throws(SystemError) in try held.file.write(bytes.span, at: 0) }
    }
    return Projected.checksum(of: bytes)
  }

  private static func calls<Result>(
    at folder: Directory,
    _ body: () throws(SystemError) -> Result
  ) throws(ChannelError) -> Result {
    try ChannelError.calls(at: folder.path(of: ChannelLayout.Inside.projected), body)
  }

  /// The file that has the name now; nil when there is none.
  private func settle(
    _ open: inout Open?,
    in folder: Directory,
    mayCreate: Bool
  ) throws(ChannelError) -> HeldFile? {
    let name = ChannelLayout.Inside.projected
    let now = Moment.now
    if let open, open.folder === folder, now.duration(since: open.verified) < Self.verificationInterval {
      return open.held
    }
    do throws(FileError) {
      if let known = open, known.folder === folder,
        let facts = try asFileError({ () throws(SystemError) in try folder.facts(of: name) }),
        facts.stamp.isSameFile(as: known.held.file.factsAtOpening.stamp)
      {
        open?.verified = now
        return known.held
      }
      open = nil
      let held = HeldFile(mayCreate ? try folder.openOrCreate(name) : try self.open(name, in: folder))
      open = Open(held: held, folder: folder, verified: now)
      return held
    } catch .system(let error) where error.code == ENOENT {
      return nil
    } catch {
      throw ChannelError(error, at: folder.path(of: name))
    }
  }

  /// For writing as well where that is allowed: who projects soon needs it.
  private func open(_ name: String, in folder: Directory) throws(FileError) -> OpenFile {
    if isOnlyRead { return try folder.openRegularFile(name) }
    do throws(FileError) {
      return try folder.openRegularFile(name, for: .readingAndWriting)
    } catch .system(let error) where error.code == EACCES || error.code == EROFS || error.code == EPERM {
      return try folder.openRegularFile(name)
    }
  }
}
