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
  private static let largestSpare: Int64 = 256 << 10

  /// Whether something was left in staging since this was asked last that is not ours: somebody wrote into what had been
  /// the published file.
  package func leftSomething() -> Bool {
    hasLeft.load(ordering: .relaxed) && hasLeft.exchange(false, ordering: .relaxed)
  }

  func keepNoSpares() {
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
    guard let isAlone = try? spare.held.file.tryLease() else {
      // A file system or a sandbox without leases will not get any.
      keepsSpares.store(false, ordering: .relaxed)
      staging.discard(spare.name)
      return nil
    }
    if isAlone, let facts = try? spare.held.file.facts(), facts.links == 1 {
      let stamp = facts.stamp
      guard stamp.size == spare.size, stamp.modified == Staging.timeOfSpares else {
        try? spare.held.file.endLease()
        hasLeft.store(true, ordering: .relaxed)
        return nil
      }
      if let count = try? fill(spare.held.file, of: spare.size, with: slices, modified: modified) {
        let written = FileStamp(device: stamp.device, inode: stamp.inode, size: count, modified: modified)
        return StagedFile(spare.held, name: spare.name, stamp: written, staging: staging)
      }
    }
    // Nobody needs it; another one is made. The lease ends with the file at the latest.
    try? spare.held.file.endLease()
    staging.discard(spare.name)
    return nil
  }

  func takeSpare() -> Spare? {
    spare.withLock { spare in
      defer { spare = nil }
      return spare
    }
  }

  /// Writes it, and ends the lease; says how long it is.
  ///
  /// Its first byte comes last. Whoever is killed on the way leaves pages of two versions, which may well look like one:
  /// without that byte it is nothing that can be read.
  private func fill(
    _ file: borrowing OpenFile,
    of size: Int64,
    with slices: [ArraySlice<UInt8>],
    modified: FileTime
  ) throws(SystemError) -> Int64 {
    let count = slices.reduce(0) { $0 + Int64($1.count) }
    let first = slices.first { !$0.isEmpty }?.first
    if first != nil { try file.write([[0][...]] + Self.withoutFirstByte(slices), at: 0) }
    if count < size { try file.truncate(to: count) }
    if let first { try file.write([first].span, at: 0) }
    try file.setModified(to: modified)
    try file.endLease()
    return count
  }

  private static func withoutFirstByte(_ slices: [ArraySlice<UInt8>]) -> [ArraySlice<UInt8>] {
    var rest = slices
    if let place = rest.firstIndex(where: { !$0.isEmpty }) { rest[place] = rest[place].dropFirst() }
    return rest
  }
}
