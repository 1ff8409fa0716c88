// A displaced file, written anew.

internal import Synchronization

extension AtomicFile {
  /// A file of ours in staging that holds nothing anybody wants, and that nobody is meant to open.
  struct Spare: Sendable {
    let name: String
    let held: HeldFile
    let size: Int64
  }

  /// What is larger gives its pages back.
  private static let largestSpare: Int64 = 1 << 20

  /// From here on each file that is published is another one, so that what was flushed under the name stays as it is until
  /// the next one is there for good.
  package func keepNoSpares() {
    keepsSpares.store(false, ordering: .relaxed)
    if let former = takeSpare() { staging.discard(former.name) }
  }

  /// Keeps a file of ours that came back, instead of removing it; false when it cannot be kept.
  ///
  /// To make a file, to fill it with pages that are given back a moment later and to remove it takes more than half of the
  /// time of a publication.
  func keep(_ former: StagedFile, as name: String) -> Bool {
    guard keepsSpares.load(ordering: .relaxed), let held = former.held, former.stamp.size <= Self.largestSpare
    else { return false }
    do throws(SystemError) {
      try held.file.setModified(to: Staging.timeOfSpares)
    } catch {
      return false
    }
    let before = spare.withLock { spare in
      defer { spare = Spare(name: name, held: held, size: former.stamp.size) }
      return spare
    }
    if let before { staging.discard(before.name) }
    return true
  }

  /// Writes a staged file where a displaced one was; nil where there is none, or where somebody may be reading it.
  ///
  /// Who had opened it while it was published reads on what he opened: the lease shows that there is nobody, and keeps
  /// away whoever had found the name and has not opened it yet. He gets the new contents, and whole.
  func rewriteSpare(_ slices: [ArraySlice<UInt8>], modified: FileTime) -> StagedFile? {
    guard let spare = takeSpare() else { return nil }
    if let stamp = rewrite(spare, with: slices, modified: modified) {
      return StagedFile(spare.held, name: spare.name, stamp: stamp, staging: staging)
    }
    // Whatever went wrong did so with a file that nobody needs; another one is made.
    staging.discard(spare.name)
    return nil
  }

  func takeSpare() -> Spare? {
    spare.withLock { spare in
      defer { spare = nil }
      return spare
    }
  }

  private func rewrite(_ spare: Spare, with slices: [ArraySlice<UInt8>], modified: FileTime) -> FileStamp? {
    guard let isAlone = try? spare.held.file.tryLease() else {
      // A file system or a sandbox without leases will not get any.
      keepsSpares.store(false, ordering: .relaxed)
      return nil
    }
    guard isAlone else { return nil }
    let facts = try? fill(spare.held.file, of: spare.size, with: slices, modified: modified)
    // Somebody may have removed it meanwhile, or given it a second name.
    guard (try? spare.held.file.endLease()) != nil, let facts, facts.links == 1 else { return nil }
    return facts.stamp
  }

  private func fill(
    _ file: borrowing OpenFile,
    of size: Int64,
    with slices: [ArraySlice<UInt8>],
    modified: FileTime
  ) throws(SystemError) -> FileFacts {
    try file.write(slices, at: 0)
    let count = slices.reduce(0) { $0 + Int64($1.count) }
    // Not to nothing before it is written: its pages would go, and ext4 would take the closing for a wish to flush.
    if count < size { try file.truncate(to: count) }
    try file.setModified(to: modified)
    return try file.facts()
  }
}
