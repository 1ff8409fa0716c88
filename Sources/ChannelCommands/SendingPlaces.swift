// What has to be in order below `.transom` for a message to be sent.

internal import ChannelModel
internal import LinuxIO
internal import Transom

/// Looks at each file and folder that a sender opens, by the same rules, and opens no file itself: to those who watch a
/// channel that would be news.
struct SendingPlaces {
  /// What stands in a sender's way, and what it would make anew.
  struct Found {
    var failures: [ChannelFacts.Failure] = []
    var missing: [String] = []
  }

  /// Who would send.
  let user: UInt32
  let looksAtRights: Bool

  /// A file or a folder that belongs somewhere.
  private struct Place {
    enum Kind { case file, folder }

    let name: String
    var kind = Kind.file
    var access = FileAccess.readingAndWriting
    /// Whether it is made with its folder, and not when it is needed first.
    var isAlwaysThere = false

    static func folder(_ name: String) -> Place { Place(name: name, kind: .folder, isAlwaysThere: true) }
  }

  func look(below channel: Directory) throws(ChannelError) -> Found {
    var found = Found()
    guard let hidden = try look(at: .folder(ChannelLayout.hidden), in: channel, &found) else { return found }
    _ = try look(at: Place(name: ChannelLayout.Hidden.key, access: .reading), in: hidden, &found)
    _ = try look(at: .folder(ChannelLayout.Hidden.staging), in: hidden, &found)
    for direction in Direction.allCases {
      let name = ChannelLayout.Hidden.folder(direction)
      guard let folder = try look(at: .folder(name), in: hidden, &found) else { continue }
      for name in [
        ChannelLayout.Inside.projectLock, ChannelLayout.Inside.projected, ChannelLayout.Inside.importedIDs,
      ] {
        _ = try look(at: Place(name: name), in: folder, &found)
      }
      _ = try look(at: .folder(ChannelLayout.Inside.quarantine), in: folder, &found)
      if let journal = try look(at: .folder(ChannelLayout.Inside.journal), in: folder, &found) {
        _ = try look(at: Place(name: ChannelLayout.journalLock, isAlwaysThere: true), in: journal, &found)
        try lookAtSegments(in: journal, &found)
      }
      if let readers = try look(at: .folder(ChannelLayout.Inside.readers), in: folder, &found) {
        // What a reader has still to get is read from its file before anything is removed.
        for name in try names(in: readers).sorted() {
          _ = try look(at: Place(name: name, access: .reading), in: readers, &found)
        }
      }
    }
    return found
  }

  // MARK: Parts

  private func names(in directory: Directory) throws(ChannelError) -> [String] {
    try ChannelError.calls(at: directory.path) { () throws(SystemError) in try directory.names() }
  }

  /// Only the newest is written. What has a segment's name and is none is moved to quarantine, and in nobody's way.
  private func lookAtSegments(in journal: Directory, _ found: inout Found) throws(ChannelError) {
    let segments = try names(in: journal).filter { ChannelLayout.firstSequenceNumber(ofSegment: $0) != nil }.sorted()
    for name in segments {
      let facts = try facts(of: name, in: journal)
      guard facts?.kind == .regular else { continue }
      let access: FileAccess = name == segments.last ? .readingAndWriting : .reading
      _ = try look(at: Place(name: name, access: access), in: journal, &found)
    }
  }

  private func facts(of name: String, in directory: Directory) throws(ChannelError) -> FileFacts? {
    try ChannelError.calls(at: directory.path(of: name)) { () throws(SystemError) in try directory.facts(of: name) }
  }

  /// Answers the folder, where it is one that can be looked into. What is a stranger's is told among the rights.
  private func look(
    at place: Place,
    in directory: Directory,
    _ found: inout Found
  ) throws(ChannelError) -> Directory? {
    let path = directory.path(of: place.name)
    guard let facts = try facts(of: place.name, in: directory) else {
      if place.isAlwaysThere { found.missing.append(path) }
      return nil
    }
    if directory.trust.isStranger(facts) { return nil }
    if let reason = refusal(of: facts, place, directory.trust) {
      let fix = "\(reason.remedy): \(ShellWord.quoted(path))"
      found.failures.append(ChannelFacts.Failure(what: "\(path): \(reason.what)", fix: fix, kind: .system))
      return nil
    }
    let isFolder = place.kind == .folder
    if looksAtRights, let obstacle = directory.obstacle(to: place.name, place.access, entering: isFolder) {
      let rights = "u+r\(place.access == .reading ? "" : "w")\(isFolder ? "x" : "")"
      let fix = facts.owner == user ? "chmod \(rights)" : "sudo chown \(user)"
      let what = "\(path): user \(user) cannot use it to send: \(obstacle.reason)"
      found.failures.append(.init(what: what, fix: "\(fix) \(ShellWord.quoted(path))", kind: .system))
      // Without the right to enter it nothing in it can be seen.
      return nil
    }
    guard isFolder else { return nil }
    do throws(FileError) {
      return try directory.subdirectory(place.name)
    } catch {
      throw ChannelError(error, at: path)
    }
  }

  private func refusal(of facts: FileFacts, _ place: Place, _ trust: Trust) -> FileRefusal.Reason? {
    switch place.kind {
    case .folder: return facts.kind == .directory ? nil : .notADirectory
    case .file:
      if let reason = trust.refusal(of: facts) { return reason }
      return place.access != .reading && facts.links > 1 ? .hasOtherNames(facts.links - 1) : nil
    }
  }
}
