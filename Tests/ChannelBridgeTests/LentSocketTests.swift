import ChannelBridge
import ChannelSockets
import Glibc
import TestSupport
import Testing
import Transom

/// Descriptors that are somebody else's, and at which bridges and doors listen.
@Suite("Sockets lent to bridges and doors", .timeLimit(.minutes(1))) struct LentSocketTests {
  /// What takes no connections is left as it was: there are no more descriptors of it than before.
  @Test func areNotCopiedForGoodWhereTheyTakeNoConnections() async throws {
    try await withScratchDirectory { folder in
      let path = folder + "/file"
      RawFiles.write("", to: path)
      let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
      defer { close(file) }
      try await withLoop { loop in
        let address = try PeerAddress("http:\(folder)/door.sock")
        let channel = try Channel(at: folder + "/channel", as: .backend)
        let bridge = Bridge(Route(named: "door"), fromDoorsTo: channel, on: loop) { _ in }
        let access = try OwnDoor.access("")
        let channels = LoneChannel(bridge, named: "channel")
        let door = Door(at: address, lent: file, to: channels, letting: access, on: loop) { _ in }
        await #expect(throws: ChannelError.self) { try await door.begin() }
        #expect(try RawFiles.descriptors(of: path).count == 1)
        await bridge.end()
        let socket = try PeerAddress("unix:\(folder)/bridge.sock")
        let other = try Channel(at: folder + "/channel", as: .backend)
        let route = Route(named: "far")
        let listening = Bridge(route, between: other, and: socket, .listening(most: 1), lent: file, on: loop) { _ in }
        await #expect(throws: ChannelError.self) { try await listening.begin() }
        #expect(try RawFiles.descriptors(of: path).count == 1)
        await listening.end()
      }
    }
  }
}
