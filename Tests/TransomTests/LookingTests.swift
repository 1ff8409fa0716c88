// Looking at a channel without touching it.

import ChannelModel
import LinuxIO
import TestSupport
import Testing

@testable import Transom

@Suite("Looking only", .timeLimit(.minutes(1))) struct LookingTests {
  static let mounting: ConditionTrait = .enabled(
    if: MountNamespace.refusal == nil,
    "mounting is not permitted here: \(MountNamespace.refusal ?? "")"
  )

  /// What lies below a directory, with the time at which each was last changed.
  static func picture(of directory: Directory) throws -> [String: FileStamp] {
    var picture = [directory.path: try directory.facts().stamp]
    for name in try directory.names() {
      let facts = try #require(try directory.facts(of: name))
      if facts.kind == .directory {
        try picture.merge(Self.picture(of: directory.subdirectory(name))) { _, inner in inner }
      } else {
        picture[directory.path(of: name)] = facts.stamp
      }
    }
    return picture
  }

  private static func look(at path: String) throws -> ChannelFolder {
    var options = ChannelFolder.Options()
    options.isOnlyLookedAt = true
    return try ChannelFolder.open(path, options: options)
  }

  private static func count(_ folder: DirectionFolder) throws -> Int {
    let reader = JournalReader(folder, after: .none)
    var count = 0
    while let stretch = try reader.next() { count += stretch.records.count(where: \.kind.carriesMessage) }
    return count
  }

  /// A channel with a hundred messages, a reader that has read sixty, and a listener that ended.
  private static func fill(_ path: String) throws -> ReadersScene {
    let scene = try ReadersScene(path, segmentLimit: 4_096)
    let reader = try scene.reader()
    try scene.send(1...100, padding: 100, inOneBatch: false)
    for delivered in try reader.all().prefix(60) { try reader.acknowledge(delivered.ticket) }
    try reader.close()
    let listener = try UnnamedReader.open(in: scene.folder)
    withExtendedLifetime(listener) {}
    return scene
  }

  @Test func leavesEverythingAsItIsAndWaitsForNobody() throws {
    try withScratchDirectory { path in
      let scene = try Self.fill(path)
      // Torn, as who is killed while he sends leaves it.
      let newest = ChannelLayout.segment(beginningAt: try #require(try scene.folder.log.segments().last))
      let file = try scene.folder.journal.openRegularFile(newest, for: .readingAndWriting)
      try file.write([1, 2, 3].span, at: file.facts().stamp.size)
      let lock = try FileLock(ChannelLayout.journalLock, in: scene.folder.journal)
      #expect(try lock.tryLock() == .locked)
      let channel = try Directory.open(scene.path)
      let before = try Self.picture(of: channel)
      let looked = try Self.look(at: scene.path).direction(.backendToFrontend)
      let (last, count) = try looked.log.withLock(until: .now) { ($0.last, $0.segments.count) }
      #expect(last == SequenceNumber(100))
      #expect(try count == scene.folder.log.segments().count && count > 2)
      let readers = try ReaderRegistry(looked).list()
      #expect(readers.map(\.name) == ["worker"] && readers.first?.lag == 40, "\(readers)")
      #expect(try Self.count(looked) == 100)
      #expect(try Self.picture(of: channel) == before)
      withExtendedLifetime(lock) {}
    }
  }

  @Test func aJournalThatNobodyBeganStaysSo() throws {
    try withScratchDirectory { path in
      let channel = try ChannelFolder.open(path + "/new", options: .init()).directory
      let before = try Self.picture(of: channel)
      let looked = try Self.look(at: path + "/new").direction(.backendToFrontend)
      #expect(try looked.log.withLock(until: .now) { $0.last } == .none)
      #expect(try ReaderRegistry(looked).list().isEmpty)
      #expect(try Self.picture(of: channel) == before)
    }
  }

  @Test func nothingIsMadeOfAChannelOfOld() throws {
    try withScratchDirectory { path throws -> Void in
      RawFiles.write("[]", to: path + "/backend_to_frontend.json")
      let error = #expect(throws: ChannelError.self) { try Self.look(at: path) }
      #expect(error?.code == .noChannel && error?.path == path + "/.transom")
      let missing = #expect(throws: ChannelError.self) { try Self.look(at: path + "/missing") }
      #expect(missing?.code == .noChannel)
      #expect(try Directory.open(path).names() == ["backend_to_frontend.json"])
    }
  }

  @Test(mounting) func worksOnAReadOnlyFileSystem() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        #expect(MountNamespace.enter() == nil)
        #expect(MountNamespace.mountMemory(at: path, options: "size=4m,mode=0700") == nil)
        defer { MountNamespace.unmount(path) }
        // Nothing of it stays open: what is open for writing would keep the file system so.
        let channel = try Self.fill(path).path
        #expect(MountNamespace.remount(path, isReadOnly: true) == nil)
        let looked = try Self.look(at: channel).direction(.backendToFrontend)
        #expect(try looked.log.withLock(until: .now) { $0.last } == SequenceNumber(100))
        let readers = try ReaderRegistry(looked).list()
        #expect(readers.map(\.name) == ["worker"] && readers.first?.fault == nil, "\(readers)")
        #expect(try Self.count(looked) == 100)
      }
    }
  }
}
