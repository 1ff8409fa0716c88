// Making and opening channels.

import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing
import Transom

@Suite(.timeLimit(.minutes(1))) struct ChannelFolderTests {
  @Test func aNewChannelIsThereWholeAndOurs() throws {
    try withScratchDirectory { path in
      let folder = try ChannelFolder.open(path + "/new", options: .init())
      #expect(folder.directory.factsAtOpening.permissions == 0o700)
      #expect(
        try folder.directory.names().sorted() == [
          ".channel_info", ".transom", "backend_to_frontend.json", "frontend_to_backend.json",
        ]
      )
      #expect(RawFiles.read(path + "/new/backend_to_frontend.json") == "[]")
      let information = try #require(RawFiles.read(path + "/new/.channel_info"))
      #expect(information.hasPrefix(#"{"version":"1.0","created":1"#))
      #expect(information.hasSuffix(#","protocol":"file-ipc"}"#))
      #expect(folder.isStillThere())
      #expect(try Directory.open(path).names() == ["new"])
      #expect(try folder.directory.subdirectory(".transom").subdirectory("staging").names() == [])
    }
  }

  @Test func aDirectionIsOpenedOnceAndKept() throws {
    try withScratchDirectory { path in
      let folder = try ChannelFolder.open(path + "/new", options: .init())
      #expect(try folder.direction(.backendToFrontend) === folder.direction(.backendToFrontend))
      #expect(try folder.direction(.backendToFrontend) !== folder.direction(.frontendToBackend))
    }
  }

  @Test func processesThatOpenAtOnceShareOneChannel() throws {
    try withScratchDirectory { path in
      let peer = try ProcessRun.peer
      for round in 0..<5 {
        let place = "\(path)/channel \(round)"
        // One in three rounds into a directory that is there.
        if round.isMultiple(of: 3) { RawFiles.makeDirectory(place) }
        let runs = try (0..<8).map { _ in try ProcessRun([peer, "journal-open", place]) }
        let outputs = runs.map { $0.finish() }
        #expect(outputs.allSatisfy { $0.code == 0 } && Set(outputs.map(\.output)).count == 1, "\(outputs)")
        let folder = try ChannelFolder.open(place, options: .init()).direction(.backendToFrontend)
        #expect(try folder.log.tailNumber() == SequenceNumber(8))
      }
      #expect(try Directory.open(path).names().count == 5)
    }
  }

  @Test func aChannelOfOldKeepsItsMessagesAndGetsWhatIsMissing() throws {
    try withScratchDirectory { path in
      let old = #"[{"id":"1","timestamp":1,"type":"event","method":"m","payload":null}]"#
      RawFiles.write(old, to: path + "/backend_to_frontend.json")
      RawFiles.write(#"{"version":"1.0","mine":1}"#, to: path + "/.channel_info")
      var options = ChannelFolder.Options()
      options.creates = false
      let folder = try ChannelFolder.open(path + "/", options: options)
      #expect(RawFiles.read(path + "/backend_to_frontend.json") == old)
      #expect(RawFiles.read(path + "/.channel_info") == #"{"version":"1.0","mine":1}"#)
      #expect(RawFiles.read(path + "/frontend_to_backend.json") == "[]")
      #expect(folder.path == path)
    }
  }

  @Test func whatSomebodyDeletedIsMadeAgain() throws {
    try withScratchDirectory { path in
      let place = path + "/new"
      let key = try ChannelFolder.open(place, options: .init()).key
      let hidden = try Directory.open(place).subdirectory(".transom")
      try hidden.removeTree("staging")
      try hidden.removeTree("backend_to_frontend")
      RawFiles.remove(place + "/frontend_to_backend.json")
      let folder = try ChannelFolder.open(place, options: .init())
      #expect(folder.key == key)
      #expect(RawFiles.read(place + "/frontend_to_backend.json") == "[]")
      #expect(try folder.direction(.backendToFrontend).log.tailNumber() == .none)
    }
  }

  @Test func whereNoneIsToBeMadeNothingIsTouched() throws {
    try withScratchDirectory { path throws -> Void in
      var options = ChannelFolder.Options()
      options.creates = false
      for place in [path + "/missing", path] {
        let error = #expect(throws: ChannelError.self) { try ChannelFolder.open(place, options: options) }
        #expect(error?.code == .noChannel && error?.path == place)
      }
      #expect(try Directory.open(path).names() == [])
    }
  }

  @Test func whatCannotBeAChannelIsRefusedByName() throws {
    try withScratchDirectory { path in
      RawFiles.write("", to: path + "/file")
      RawFiles.makeDirectory(path + "/target")
      RawFiles.makeSymlink(path + "/link", to: path + "/target")
      for name in ["file", "link"] {
        let error = #expect(throws: ChannelError.self) { try ChannelFolder.open(path + "/" + name, options: .init()) }
        #expect(error?.code == .refused && error?.path == path + "/" + name)
      }
      let missing = #expect(throws: ChannelError.self) { try ChannelFolder.open(path + "/no/where", options: .init()) }
      #expect(missing?.code == .noChannel && missing?.hint == "make that directory first")
      let empty = #expect(throws: ChannelError.self) { try ChannelFolder.open("", options: .init()) }
      #expect(empty?.code == .misuse)
      // Above the channel links are followed.
      _ = try ChannelFolder.open(path + "/link/new", options: .init())
    }
  }

  @Test func aNewerKeyIsRefusedByNameAndLeftAlone() throws {
    try withScratchDirectory { path in
      _ = try ChannelFolder.open(path + "/new", options: .init())
      RawFiles.write("TSMKEY\u{2}\u{0}what comes then", to: path + "/new/.transom/key")
      let error = #expect(throws: ChannelError.self) { try ChannelFolder.open(path + "/new", options: .init()) }
      #expect(error?.code == .newerFormat && error?.path == path + "/new/.transom/key")
      #expect(RawFiles.read(path + "/new/.transom/key")?.hasSuffix("what comes then") == true)
    }
  }

  @Test func aChannelThatWasMovedOrMadeAnewIsNotStillThere() throws {
    try withScratchDirectory { path in
      let folder = try ChannelFolder.open(path + "/new", options: .init())
      #expect(RawFiles.rename(path + "/new", to: path + "/moved"))
      #expect(!folder.isStillThere())
      _ = try ChannelFolder.open(path + "/new", options: .init())
      #expect(!folder.isStillThere())
    }
  }
}
