// Looking at a place where nobody tells.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// Looks at one watched directory of a channel now and then, and knows whether it changed since.
final class Poll: Sendable {
  let number: ChannelNumber
  let place: WatchTable.Place

  /// What a look finds. Two that are equal mean that nothing changed, since a segment only ever grows.
  private struct Picture: Equatable {
    var isThere = true
    var directory: FileTime?
    var newest: String?
    var newestFile: FileStamp?
    var hidden: FileStamp?
    var windows: [FileStamp?] = []
  }

  private struct State {
    weak var directory: Directory?
    var pace = PollingPace()
    var picture: Picture?
  }

  private let state: Mutex<State>

  init(_ number: ChannelNumber, _ place: WatchTable.Place, _ directory: Directory?) {
    self.number = number
    self.place = place
    state = Mutex(State(directory: directory))
  }

  /// Looks, and answers what there is to tell, and how long to wait before the next look. It never waits, as far as the
  /// file system does not.
  func look(places: Int) -> (news: WatchChange?, pause: Duration) {
    let (directory, former) = state.withLock { ($0.directory, $0.picture) }
    guard let directory else {
      // The channel let go of its descriptors: it looks itself.
      return (news, state.withLock { $0.pace.next(foundNews: false, places: places) })
    }
    let picture = look(at: directory, after: former)
    return state.withLock {
      $0.picture = picture
      // What there was at the first look, whoever asked for the watch looks at after it.
      let isNew = former != nil && picture != former
      let pause = $0.pace.next(foundNews: isNew, places: places)
      guard isNew else { return (nil, pause) }
      guard picture.isThere == former?.isThere else { return (.directory, pause) }
      // Only its windows changed, or more than that.
      return (picture.hidden == former?.hidden ? news : .directory, pause)
    }
  }

  private var news: WatchChange {
    switch place {
    case .channel: .everything
    case .folder: .entries
    case .journal(let direction): .segments(direction)
    }
  }

  private func look(at directory: Directory, after former: Picture?) -> Picture {
    var picture = Picture()
    do {
      let facts = try directory.facts()
      guard facts.links > 0 else { return Picture(isThere: false) }
      switch place {
      case .channel:
        picture.isThere = directory.isStillAtItsPath()
        // Its size and times change with everything that is made in it; only which one it is counts.
        picture.hidden = try directory.facts(of: ChannelLayout.hidden).map { Self.identity($0.stamp) }
        picture.windows = try Direction.allCases.map { try directory.facts(of: ChannelLayout.window($0))?.stamp }
      case .folder: picture.directory = facts.stamp.modified
      case .journal:
        picture.directory = facts.stamp.modified
        picture.newest = try newest(in: directory, picture, after: former)
        // Opened, and not only asked about: that is what makes a network file system look again.
        if let newest = picture.newest {
          picture.newestFile = try directory.openRegularFile(newest).factsAtOpening.stamp
        }
      }
    } catch let error as SystemError {
      return failed(error.isMissing, former)
    } catch FileError.system(let error) {
      return failed(error.isMissing, former)
    } catch {
      return failed(false, former)
    }
    return picture
  }

  /// A file that is gone is news of its own; any other failure is told by who reads.
  private func failed(_ isMissing: Bool, _ former: Picture?) -> Picture {
    var picture = Picture()
    picture.directory = FileTime(seconds: .min, nanoseconds: isMissing ? 0 : 1)
    picture.isThere = former?.isThere ?? true
    return picture
  }

  /// The last segment; the list is read again when anything changed at the last look or since.
  private func newest(in directory: Directory, _ picture: Picture, after former: Picture?) throws -> String? {
    if let former, former.newest != nil, former.directory == picture.directory, let newest = former.newest,
      let stamp = former.newestFile, try directory.facts(of: newest)?.stamp == stamp
    {
      return newest
    }
    return try directory.names().filter { ChannelLayout.firstSequenceNumber(ofSegment: $0) != nil }.max()
  }

  private static func identity(_ stamp: FileStamp) -> FileStamp {
    FileStamp(device: stamp.device, inode: stamp.inode, size: 0, modified: FileTime(seconds: 0, nanoseconds: 0))
  }
}
