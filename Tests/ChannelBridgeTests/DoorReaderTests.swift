import ChannelBridge
import ChannelModel
import TestSupport
import Testing
import Transom

/// For whom something is kept who came by a door.
struct DoorReaderTests {
  private static let day: UInt64 = 86_400_000_000_000

  private static func direction(_ path: String, daysAgo days: UInt64) throws -> DirectionFolder {
    var options = ChannelFolder.Options()
    options.clock = { WallTime(nanoseconds: ChannelFolder.wallClock().nanoseconds - days * day) }
    return try ChannelFolder.open(path, options: options).direction(.backendToFrontend)
  }

  private static func read(_ name: String, in folder: DirectionFolder) throws -> DurableReader {
    try DurableReader.open(try ReaderName(name), in: folder)
  }

  @Test func areForgottenWhoHaveNotComeForLong() throws {
    try withScratchDirectory { folder in
      let path = folder + "/channel"
      let (old, new) = (try Self.direction(path, daysAgo: 31), try Self.direction(path, daysAgo: 29))
      for name in ["door-gone", "own", "door-back"] { try Self.read(name, in: old).close() }
      try Self.read("door-lately", in: new).close()
      // These are there.
      let long = try Self.read("door-long", in: old)
      let here = try Self.read("door-here", in: old)
      try Self.read("door-back", in: new).close()
      let readers = DoorReaders(ReaderRegistry(new))
      #expect(try readers.forget(after: DoorReaders.keepingTime, at: ChannelFolder.wallClock()) == ["door-gone"])
      #expect(try readers.names() == ["door-back", "door-here", "door-lately", "door-long"])
      try long.close()
      try here.close()
      #expect(
        try readers.forget(after: DoorReaders.keepingTime, at: ChannelFolder.wallClock()) == ["door-here", "door-long"]
      )
      #expect(try ReaderRegistry(new).list().map(\.name) == ["door-back", "door-lately", "own"])
    }
  }

  /// A clock that was set back is no reason to forget anybody.
  @Test func areKeptWhereTheClockSaysThatTheyCameLater() throws {
    try withScratchDirectory { folder in
      let direction = try Self.direction(folder + "/channel", daysAgo: 0)
      try Self.read("door-a", in: direction).close()
      let before = WallTime(nanoseconds: ChannelFolder.wallClock().nanoseconds - 60 * Self.day)
      #expect(try DoorReaders(ReaderRegistry(direction)).forget(after: .zero, at: before).isEmpty)
    }
  }

  /// Whoever was there for long and has just left is not one who has not come for long.
  @Test func areKeptForFromWhenTheyLeft() throws {
    try withScratchDirectory { folder in
      let path = folder + "/channel"
      let days = Counter()
      var options = ChannelFolder.Options()
      options.clock = {
        WallTime(nanoseconds: ChannelFolder.wallClock().nanoseconds - (40 - UInt64(days.value)) * Self.day)
      }
      let direction = try ChannelFolder.open(path, options: options).direction(.backendToFrontend)
      let reader = try Self.read("door-long", in: direction)
      for _ in 0..<39 { days.add() }
      try reader.close()
      #expect(
        try DoorReaders(ReaderRegistry(direction)).forget(after: DoorReaders.keepingTime, at: ChannelFolder.wallClock())
          .isEmpty
      )
    }
  }
}
