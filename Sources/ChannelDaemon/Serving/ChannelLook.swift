// Looking at a channel without opening it.

internal import ChannelAdmin
internal import ChannelModel
internal import LinuxIO
internal import Transom

/// What the daemon finds out about a channel beside having it open.
enum ChannelLook {
  /// Whether nothing can be to be done in it: no program of ours has been there, and its windows hold nothing.
  static func isEmpty(_ path: String) -> Bool {
    guard let directory = try? Directory.open(path), (try? directory.facts(of: ChannelLayout.hidden)) == .some(nil)
    else { return false }
    return Direction.allCases.allSatisfy { direction in
      guard let facts = try? directory.facts(of: ChannelLayout.window(direction)) else { return true }
      return facts.stamp.size <= Int64(emptyWindow)
    }
  }

  /// `[]` and the end of its line.
  private static let emptyWindow = 3

  /// What changes whenever something is sent in a channel, or put into its windows; nil where that cannot be seen.
  static func traces(of path: String) -> [FileStamp?]? {
    guard let directory = try? Directory.open(path) else { return nil }
    var stamps = Direction.allCases.map { (try? directory.facts(of: ChannelLayout.window($0)))?.stamp }
    guard let hidden = try? directory.subdirectory(ChannelLayout.hidden) else { return stamps }
    for direction in Direction.allCases {
      guard let folder = try? hidden.subdirectory(ChannelLayout.Hidden.folder(direction)),
        let journal = try? folder.subdirectory(ChannelLayout.Inside.journal), let names = try? journal.names(),
        let newest = names.filter({ ChannelLayout.firstSequenceNumber(ofSegment: $0) != nil }).max()
      else { continue }
      stamps.append((try? journal.facts(of: newest))?.stamp)
    }
    return stamps
  }

  /// How far behind its readers are; none where that cannot be seen. It waits for locks.
  static func readers(of path: String) -> [ChannelStatus.Reader] {
    var options = ChannelFolder.Options()
    options.creates = false
    options.isOnlyLookedAt = true
    guard let folder = try? ChannelFolder.open(path, options: options) else { return [] }
    return Direction.allCases.flatMap { direction in
      guard let opened = try? folder.direction(direction), let listed = try? ReaderRegistry(opened).list() else {
        return [ChannelStatus.Reader]()
      }
      // Who reads without a name keeps his place to himself.
      return listed.filter { $0.kind == .reader || $0.kind == .group }.map { reader in
        let age = reader.lag == 0 ? nil : age(ofFirstBehind: reader.through, in: opened)
        return ChannelStatus.Reader(reader.name, direction, unread: reader.lag, age: age)
      }
    }
  }

  private static func age(ofFirstBehind place: SequenceNumber, in folder: DirectionFolder) -> Duration? {
    let look = JournalReader(folder, after: place)
    while let stretch = try? look.next() {
      guard let record = stretch.records.first(where: \.kind.carriesMessage) else { continue }
      let now = ChannelFolder.wallClock().nanoseconds
      return .nanoseconds(Int64(clamping: now - min(now, record.time.nanoseconds)))
    }
    return nil
  }
}
