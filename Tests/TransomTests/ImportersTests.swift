import ChannelMessages
import ChannelModel
import LinuxIO
import TestSupport
import Testing

@testable import Transom

/// Several who take in what 1.0 programs write, at once or one after the other's death.
@Suite struct ImportersTests {
  /// The first of ours was killed before it looked; or there was only a 1.0 program before.
  @Test(arguments: [true, false])
  func whatCameAndWentSinceTheChannelIsOursIsAGap(isSince: Bool) throws {
    try withScratchDirectory { path in
      let peer = PeerScene(path: "\(path)/channel", side: .frontend)
      _ = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      let now = WallTime(FileTime.now()).milliseconds
      let time = isSince ? now + 5 : now - 60_000
      peer.publish((0..<100).map { PeerScene.event("\($0)", at: time) })
      let next = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      _ = try next.window(.frontendToBackend).importer.importAtOnce()
      let reader = JournalReader(try next.direction(.frontendToBackend), after: .none)
      var kinds: [JournalRecord.Kind] = []
      while let stretch = try reader.next() { kinds += stretch.records.map(\.kind) }
      #expect(kinds.count { $0 == .gap } == (isSince ? 1 : 0))
      #expect(kinds.count { $0 == .foreign } == 100)
    }
  }

  /// Where a stranger removed the lock of those who project, one sweeps what came back to another.
  @Test func whatCameBackAndIsGoneWasTakenInByAnother() throws {
    try withScratchDirectory { path in
      let folder = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      let window = try folder.window(.frontendToBackend)
      let gone = DisplacedFile("frontend_to_backend.json-1-1", in: try folder.direction(.frontendToBackend).staging)
      for source in [Importer.Source.displaced(gone), .orphan(gone)] {
        guard case .found(let found) = try window.importer.importAtOnce(source) else {
          Issue.record("nobody else holds the lock")
          return
        }
        #expect(found.importedCount == 0 && !found.isClearPossible)
      }
    }
  }

  @Test func twoImportersAtOnceTakeEachMessageOnce() async throws {
    try await withScratchDirectory { path in
      // Two folders of one process exclude each other as two processes do: by the journal's lock.
      let folders = try (0..<2).map { _ in
        try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      }
      let peer = PeerScene(path: "\(path)/channel", side: .frontend)
      let writer = try Channel(at: "\(path)/channel", as: .frontend)
      for round in 0..<40 {
        peer.publish((0...round).map { PeerScene.event("\($0)") })
        try await withThrowingTaskGroup(of: Void.self) { group in
          for folder in folders {
            group.addTask {
              let importer = try folder.window(.frontendToBackend).importer
              while case .busy = try importer.importAtOnce() { await Task.yield() }
            }
          }
          try await group.waitForAll()
        }
      }
      let reader = JournalReader(try folders[0].direction(.frontendToBackend), after: .none)
      var ids: [String] = []
      while let stretch = try reader.next() {
        for record in stretch.records where record.kind == .foreign {
          ids.append(try Message(Array(stretch.bytes[record.content])).id)
        }
      }
      #expect(ids == (0..<40).map(String.init))
      await writer.close()
    }
  }

  /// An importer that died between appending and remembering: the mark leads the next one to what it appended.
  @Test func whatADeadImporterAppendedIsNotTakenInAgain() throws {
    try withScratchDirectory { path in
      let peer = PeerScene(path: "\(path)/channel", side: .frontend)
      let folder = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      let importer = try folder.window(.frontendToBackend).importer
      peer.publish([PeerScene.event("1")])
      _ = try importer.importAtOnce()
      let ids = "\(path)/channel/.transom/frontend_to_backend/ids"
      let before = RawFiles.bytes(ids)
      peer.publish([PeerScene.event("1"), PeerScene.event("2"), PeerScene.event("3")])
      _ = try importer.importAtOnce()
      // As the file was but for the mark.
      var torn = before
      torn.replaceSubrange(ImportedIDs.markPlace, with: RawFiles.bytes(ids)[ImportedIDs.markPlace])
      RawFiles.overwrite(ids, with: torn)
      let next = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      guard case .found(let found) = try next.window(.frontendToBackend).importer.importAtOnce() else {
        Issue.record("nobody else holds the lock")
        return
      }
      #expect(found.importedCount == 0)
    }
  }

  /// A program that only sends is told of nothing: it reads the window when it writes there itself.
  @Test func onlyWhatLayThereAtTheFirstReadingIsAsOldAsItSays() throws {
    try withScratchDirectory { path in
      let peer = PeerScene(path: "\(path)/channel", side: .frontend)
      let folder = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      let importer = try folder.window(.frontendToBackend).importer
      let (now, hour) = (WallTime(FileTime.now()).milliseconds, UInt64(3_600_000))
      for id in ["1", "2"] {
        try peer.send(PeerScene.event(id, at: now - hour))
        _ = try importer.importAtOnce()
      }
      let reader = JournalReader(try folder.direction(.frontendToBackend), after: .none)
      var times: [UInt64] = []
      while let stretch = try reader.next() { times += stretch.records.map(\.time.milliseconds) }
      #expect(times.count == 2 && times[0] == now - hour && times[1] >= now)
    }
  }

  @Test func aRemovedMemoryIsMadeAnewFromTheJournal() throws {
    try withScratchDirectory { path in
      let peer = PeerScene(path: "\(path)/channel", side: .frontend)
      let folder = try ChannelFolder.open("\(path)/channel", options: ChannelFolder.Options())
      let importer = try folder.window(.frontendToBackend).importer
      peer.publish((0..<20).map { PeerScene.event("\($0)") })
      _ = try importer.importAtOnce()
      RawFiles.remove("\(path)/channel/.transom/frontend_to_backend/ids")
      peer.publish((0..<21).map { PeerScene.event("\($0)") })
      guard case .found(let found) = try importer.importAtOnce() else {
        Issue.record("nobody else holds the lock")
        return
      }
      #expect(found.importedCount == 1)
    }
  }
}
