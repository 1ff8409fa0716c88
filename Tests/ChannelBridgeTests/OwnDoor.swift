import ChannelBridge
import ChannelMessages
import ChannelModel
import ChannelSockets
import LinuxIO
import Synchronization
import TestSupport
import Testing
import Transom

/// A door in the test's own process, whose rules the test may change.
struct OwnDoor {
  /// What was told of it.
  final class Notices: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    /// Whether there is one with these words in it.
    func has(_ words: String) -> Bool { lines.withLock { $0.contains { $0.contains(words) } } }

    /// Waits for one with these words in it, and takes all up to there.
    func await(_ words: String) async throws {
      try await eventually {
        lines.withLock { lines in
          guard let place = lines.firstIndex(where: { $0.contains(words) }) else { return false }
          lines.removeFirst(place + 1)
          return true
        }
      }
    }
  }

  let door: Door
  let bridge: Bridge
  let port: UInt16
  /// The channel's other side.
  let channel: Channel
  let channelPath: String
  let notices: Notices

  static func with(
    _ access: DoorAccess,
    connectingTime: Duration = .seconds(5),
    answeringTime: Duration = .seconds(30),
    keepingTime: Duration = .seconds(86_400),
    _ body: (OwnDoor) async throws -> Void
  ) async throws {
    let folder = try ScratchDirectory.make()
    try await withLoop { loop in
      let notices = Notices()
      let address = try PeerAddress("http://127.0.0.1:0")
      var route = Route(named: "door")
      (route.connectingTime, route.answeringTime) = (connectingTime, answeringTime)
      route.keepingTime = keepingTime
      let path = folder + "/channel"
      let inside = try Channel(at: path, as: .backend)
      let bridge = Bridge(route, between: inside, and: address, .handed, on: loop) { notices.add("\($0)") }
      let channels = LoneChannel(bridge, named: "channel")
      let door = Door(at: address, to: channels, letting: access, on: loop) { notices.add("\($0)") }
      try await bridge.begin()
      try await door.begin()
      let port = try #require(await door.port)
      let outside = try Channel(at: path, as: .frontend)
      let scene = OwnDoor(door: door, bridge: bridge, port: port, channel: outside, channelPath: path, notices: notices)
      do {
        try await body(scene)
      } catch {
        await door.end()
        await bridge.end()
        throw error
      }
      await door.end()
      await bridge.end()
    }
    try ScratchDirectory.remove(folder)
  }

  /// Another door to the same bridge.
  func withAnotherDoor(_ access: DoorAccess, _ body: (Door) async throws -> Void) async throws {
    let address = try PeerAddress("http://127.0.0.1:0")
    let channels = LoneChannel(bridge, named: "channel")
    let other = Door(at: address, to: channels, letting: access, on: door.loop) { [notices] in notices.add("\($0)") }
    try await other.begin()
    try await body(other)
    await other.end()
  }

  /// Whom a file of tokens lets in that says this, by these rules.
  static func access(_ tokens: String, _ rules: [AccessRule]? = nil) throws -> DoorAccess {
    DoorAccess(
      tokens: try AccessTokens(parsing: Array(tokens.utf8)),
      policy: rules.map(AccessPolicy.init) ?? AccessPolicy(.token),
      origins: try OriginRule(isSecure: false),
      hosts: nil
    )
  }

  /// A WebSocket of whoever has this token.
  func connect(_ token: String?) async throws -> WebSocketTalker {
    let talker = try WebSocketTalker(port, "/channels/channel/socket" + (token.map { "?token=\($0)" } ?? ""))
    try await notices.await("connected with")
    return talker
  }
}
