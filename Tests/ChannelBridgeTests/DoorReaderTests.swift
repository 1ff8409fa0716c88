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
      let first = try readers.forget(after: DoorReaders.keepingTime, at: ChannelFolder.wallClock())
      #expect(first.forgotten == ["door-gone"])
      #expect(first.left == ["door-back", "door-here", "door-lately", "door-long"])
      #expect(try readers.names() == first.left)
      try long.close()
      try here.close()
      let second = try readers.forget(after: DoorReaders.keepingTime, at: ChannelFolder.wallClock())
      #expect(second.forgotten == ["door-here", "door-long"] && second.left == ["door-back", "door-lately"])
      #expect(try ReaderRegistry(new).list().map(\.name) == ["door-back", "door-lately", "own"])
    }
  }

  /// A clock that was set back is no reason to forget anybody.
  @Test func areKeptWhereTheClockSaysThatTheyCameLater() throws {
    try withScratchDirectory { folder in
      let direction = try Self.direction(folder + "/channel", daysAgo: 0)
      try Self.read("door-a", in: direction).close()
      let before = WallTime(nanoseconds: ChannelFolder.wallClock().nanoseconds - 60 * Self.day)
      let (forgotten, left) = try DoorReaders(ReaderRegistry(direction)).forget(after: .zero, at: before)
      #expect(forgotten.isEmpty && left == ["door-a"])
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
      let readers = DoorReaders(ReaderRegistry(direction))
      let (forgotten, left) = try readers.forget(after: DoorReaders.keepingTime, at: ChannelFolder.wallClock())
      #expect(forgotten.isEmpty && left == ["door-long"])
    }
  }
}
