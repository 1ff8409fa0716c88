// What is kept for those who came by the daemon's doors.

internal import ChannelBridge
internal import ChannelModel
internal import Transom

extension Daemon {
  /// So often it is looked who has not come for long; not at the beginning, since those who were here when the daemon before
  /// this one ended are soon back.
  private static let readersPause = Duration.seconds(6 * 3_600)

  /// Has nothing kept any more for those who have not come for too long, also where nobody is at a door.
  func tendReaders() {
    let now = Moment.now
    guard now.duration(since: readersSeen) >= Self.readersPause else { return }
    readersSeen = now
    forgetReaders(after: DoorReaders.keepingTime)
  }

  func forgetReaders(after time: Duration) {
    var places: [(path: String, direction: Direction)] = []
    for door in configuration.doors {
      let patterns = door.channels.map(MethodPattern.init)
      for channel in channels.values where patterns.contains(where: { $0.matches(channel.name) }) {
        places.append((channel.path, Direction(writtenBy: door.side.other)))
      }
    }
    Task { [log] in
      for (path, direction) in places {
        switch await Task.detached(operation: { Result { try Self.forget(in: path, direction, after: time) } }).value {
        case .success(let names):
          for name in names {
            log.say(.warning, .doors, "\(BridgeNotice.forgotten(name, time))", [.init("channel", path)])
          }
        // It may have gone, or be one that only 1.0 programs have used.
        case .failure(let error): log.say(.debug, .doors, "\(error)", [.init("channel", path)])
        }
      }
    }
  }

  private static func forget(in path: String, _ direction: Direction, after time: Duration) throws -> [String] {
    var options = ChannelFolder.Options()
    options.isOnlyLookedAt = true
    let look = try ChannelFolder.open(path, options: options)
    if try DoorReaders(ReaderRegistry(try look.direction(direction))).names().isEmpty { return [] }
    options.isOnlyLookedAt = false
    options.creates = false
    let folder = try ChannelFolder.open(path, options: options)
    let readers = DoorReaders(ReaderRegistry(try folder.direction(direction)))
    return try readers.forget(after: time, at: ChannelFolder.wallClock()).forgotten
  }
}
