import ChannelAdmin
import ChannelMessages
import Glibc
import TestSupport
import Testing
import Transom

/// What the daemon tells of its bridges and doors.
@Suite("Figures of bridges and doors", .timeLimit(.minutes(2))) struct DaemonFigureTests {
  private static func bridges(of scene: DaemonScene) async throws -> [BridgeStatus] {
    let path = scene.folder + "/admin.sock"
    return try await ThreadExecutor.run {
      guard case .status(let status) = try AdminClient(path, isNamed: true).ask(.status) else { return [] }
      return status.bridges
    }
  }

  private static func bridge(_ name: String, of scene: DaemonScene) async throws -> BridgeStatus {
    try #require(try await bridges(of: scene).first { $0.name == name })
  }

  private static let lone = """
    [[bridge]]
    name = "out"
    channels = ["near", "jobs/*"]
    connect = "unix:FOLDER/peer.sock"
    out = ["double", "news"]
    in = ["tick", "half"]
    """

  /// Whoever is at the other end: it answers, tells one event that goes across and one that does not, and asks.
  private static func peer(at path: String) throws -> LineServer {
    try LineServer(at: path) { line in
      guard let message = try? Message(line), message.kind == .request else { return [] }
      let answers = [
        #"{"type":"event","method":"tick","payload":1}"#, #"{"type":"event","method":"tock","payload":1}"#,
        #"{"id":"1","type":"request","method":"half","payload":8}"#,
        #"{"type":"response","reply_to":"\#(message.id)","payload":2}"#,
      ]
      return Array(answers.map { $0 + "\n" }.joined().utf8)
    }
  }

  @Test func countWhatGoesOverABridgeBothWays() async throws {
    try await DaemonScene.with("") { scene in
      let server = try Self.peer(at: scene.folder + "/peer.sock")
      scene.configure(Self.lone)
      scene.signal(SIGHUP)
      let near = try scene.channel("near")
      let responder = near.respond(to: "half") { (number: Int) in number / 2 }
      #expect(scene.moment(of: "connected with", #""bridge":"out""#) != nil)
      for _ in 0..<3 { #expect(try await near.request("double", 1, timeout: .seconds(10)) as Int == 2) }
      for number in 0..<10 { try await near.send("news", JSONText(integer: number)) }
      try await near.send("other", 1)
      var wanted = BridgeStatus("out", .bridge, place: "unix:\(scene.folder)/peer.sock")
      (wanted.channelCount, wanted.connections) = (1, 1)
      (wanted.requestsOut, wanted.requestsIn, wanted.eventsOut, wanted.eventsIn) = (3, 3, 10, 3)
      wanted.dropped = 3
      try await eventually { try await Self.bridges(of: scene) == [wanted] }
      await near.close()
      withExtendedLifetime((server, responder)) {}
    }
  }

  @Test func countWhatIsRefused() async throws {
    try await DaemonScene.with("") { scene in
      let server = try LineServer(at: scene.folder + "/peer.sock") { line in
        let isPoison = String(decoding: line, as: UTF8.self).contains("news")
        return Array((isPoison ? "this is no message\n" : "").utf8)
      }
      scene.configure(Self.lone)
      scene.signal(SIGHUP)
      let near = try scene.channel("near")
      #expect(scene.moment(of: "connected with", #""bridge":"out""#) != nil)
      try await near.send("news", 1)
      try await eventually { try await Self.bridge("out", of: scene).refused > 0 }
      #expect(try await Self.bridge("out", of: scene).trouble == nil)
      await near.close()
      withExtendedLifetime(server) {}
    }
  }

  @Test func areThoseOfAllChannelsAndDoNotBecomeLess() async throws {
    try await DaemonScene.with("") { scene in
      let server = try Self.peer(at: scene.folder + "/peer.sock")
      RawFiles.makeDirectory(scene.root + "/jobs")
      scene.configure(Self.lone)
      scene.signal(SIGHUP)
      for name in ["near", "jobs/a", "jobs/b"] {
        let channel = try scene.channel(name)
        for _ in 0..<2 { #expect(try await channel.request("double", 1, timeout: .seconds(10)) as Int == 2) }
        await channel.close()
      }
      let all = try await Self.bridge("out", of: scene)
      #expect(all.channelCount == 3 && all.connections == 3 && all.requestsOut == 6)
      _ = try ProcessRun.run("rm", "-r", scene.root + "/jobs/a")
      // Those of the one that goes are counted meanwhile, and afterwards.
      try await eventually {
        let now = try await Self.bridge("out", of: scene)
        #expect(now.requestsOut == 6)
        return now.channelCount == 2 && now.connections == 2
      }
      // Its next one begins when the last one has ended.
      await (try scene.channel("jobs/a")).close()
      try await eventually {
        let now = try await Self.bridge("out", of: scene)
        #expect(now.requestsOut == 6)
        return now.channelCount == 3 && now.connections == 3
      }
      // Another setting counts anew.
      scene.configure(Self.lone + "\ntime-limit = \"20s\"")
      scene.signal(SIGHUP)
      #expect(scene.hasSaid(#""message":"reloaded""#, times: 2))
      try await eventually {
        let now = try await Self.bridge("out", of: scene)
        #expect(now.requestsOut == 0)
        return now.connections == 3
      }
      withExtendedLifetime(server) {}
    }
  }

  @Test func tellWhoCannotBeReachedUntilSomebodyIs() async throws {
    try await DaemonScene.with(Self.lone) { scene in
      RawFiles.makeDirectory(scene.root + "/jobs")
      await (try scene.channel("near")).close()
      try await eventually { try await Self.bridge("out", of: scene).trouble != nil }
      let place = "unix:\(scene.folder)/peer.sock"
      let one = try #require(try await Self.bridge("out", of: scene).trouble)
      #expect(one.hasPrefix("near: \(place): nobody listens there: "), "\(one)")
      await (try scene.channel("jobs/a")).close()
      let both = "2 channels, the first of them jobs/a: \(place): nobody listens there: "
      try await eventually { try await Self.bridge("out", of: scene).trouble?.hasPrefix(both) == true }
      let server = try Self.peer(at: scene.folder + "/peer.sock")
      try await eventually { try await Self.bridge("out", of: scene).trouble == nil }
      #expect(try await Self.bridge("out", of: scene).connections == 2)
      withExtendedLifetime(server) {}
    }
  }

  @Test func tellWhatCannotBeHad() async throws {
    try await DaemonScene.with("") { scene in
      RawFiles.write("", to: scene.folder + "/bridge.sock")
      await (try scene.channel("far")).close()
      let lines = "[[bridge]]\nname = \"far\"\nchannels = [\"far\"]\nlisten = \"unix:FOLDER/bridge.sock\""
      scene.configure(lines)
      scene.signal(SIGHUP)
      let prefix = "far: unix:\(scene.folder)/bridge.sock: \(scene.folder)/bridge.sock is there, and is no socket "
      try await eventually { try await Self.bridges(of: scene).first?.trouble?.hasPrefix(prefix) == true }
      RawFiles.remove(scene.folder + "/bridge.sock")
      try await eventually { try await Self.bridge("far", of: scene).trouble == nil }
    }
  }
}
