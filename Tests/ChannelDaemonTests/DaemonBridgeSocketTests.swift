import ChannelMessages
import TestSupport
import Testing
import Transom

/// Sockets that were opened for bridges of the daemon before it was begun, as systemd does.
@Suite("Sockets given to the daemon's bridges", .timeLimit(.minutes(1))) struct DaemonBridgeSocketTests {
  /// One that listens, for the channel of this name.
  private static func far(_ channel: String = "far", at place: String = "unix:FOLDER/far.sock", _ more: String = "")
    -> String
  {
    """
    \(near)
    [[bridge]]
    name = "far"
    channels = ["\(channel)"]
    side = "frontend"
    listen = "\(place)"
    \(more)
    """
  }

  /// One that comes there, from a channel to which nothing happens.
  private static let near = """
    [[bridge]]
    name = "near"
    channels = ["near"]
    connect = "unix:FOLDER/given.sock"

    """

  /// What those are asked who come by the bridge: how much it is twice.
  private static func doubles(_ channel: Channel) -> Responder {
    channel.respond(to: "double") { (number: Int) in 2 * number }
  }

  private static func ask(_ channel: Channel, within limit: Duration = .seconds(20)) async throws -> Int {
    try await channel.request("double", 21, timeout: limit)
  }

  /// Waits until the channel at the other end answers: what is asked while it changes may be lost with the one before.
  private static func hears(_ channel: Channel, _ answer: Int) async throws {
    try await eventually { (try? await ask(channel, within: .seconds(2))) == answer }
  }

  @Test func areTakenAgainAndAgain() async throws {
    try await DaemonScene.with(given: ["bridge-far=FOLDER/given.sock"], Self.far()) { scene in
      let (near, far) = (try scene.channel("near"), try scene.channel("far", as: .backend))
      let responder = Self.doubles(far)
      #expect(try await Self.ask(near) == 42)
      #expect(scene.moment(of: "listening at unix:\(scene.folder)/given.sock", #""bridge":"far""#) != nil)
      #expect(!RawFiles.exists(scene.folder + "/far.sock"))
      let command = [String(try DaemonScene.program.dropLast()), "status", "--socket", scene.folder + "/admin.sock"]
      let status = try ProcessRun(command).finish().output
      #expect(status.contains("unix:\(scene.folder)/given.sock") && !status.contains("far.sock"), "\(status)")
      // It is there as well for another bridge of that name, whatever place the configuration says now.
      scene.reload(Self.far(at: "unix:FOLDER/other.sock", "time-limit = \"20s\""), times: 1)
      try await Self.hears(near, 42)
      scene.reload(Self.near, times: 2)
      #expect(scene.hasSaid("nothing listens", "bridge-far", #"[[bridge]] with name = \"far\""#, times: 1))
      #expect(RawFiles.exists(scene.folder + "/given.sock"))
      // Who comes meanwhile waits.
      let visitor = try RawSocket(path: scene.folder + "/given.sock")
      try visitor.send(#"{"id":"1","type":"request","method":"double","payload":21}"# + "\n")
      scene.reload(Self.far(), times: 3)
      #expect(String(decoding: try visitor.receive(), as: UTF8.self).contains("42"))
      try await Self.hears(near, 42)
      scene.reload(Self.near, times: 4)
      #expect(scene.said.count { $0.contains("nothing listens") } == 1)
      await near.close()
      await far.close()
      withExtendedLifetime(responder) {}
    }
  }

  @Test func goAlongToTheChannelThatTheBridgeIsForNow() async throws {
    try await DaemonScene.with(given: ["bridge-far=FOLDER/given.sock"], Self.far()) { scene in
      let (near, far) = (try scene.channel("near"), try scene.channel("far", as: .backend))
      let other = try scene.channel("other", as: .backend)
      let responders = (Self.doubles(far), other.respond(to: "double") { (_: Int) in 7 })
      #expect(try await Self.ask(near) == 42)
      scene.reload(Self.far("other"), times: 1)
      #expect(scene.moment(of: "listening at", "\(scene.root)/other") != nil)
      try await Self.hears(near, 7)
      await near.close()
      await far.close()
      await other.close()
      withExtendedLifetime(responders) {}
    }
  }

  /// Else nobody would know to which of them he comes.
  @Test func areForOneOfTheChannelsThatAreCalledSo() async throws {
    try await DaemonScene.with(given: ["bridge-far=FOLDER/given.sock"], Self.far()) { scene in
      let (path, other) = (scene.folder + "/more/far", scene.root + "/far")
      RawFiles.makeDirectory(scene.folder + "/more")
      let first = try Channel(at: path, as: .backend)
      scene.reload(Self.far(), extraRoots: ["more"], times: 1)
      #expect(scene.moment(of: "listening at", path) != nil)
      let (near, second) = (try scene.channel("near"), try scene.channel("far", as: .backend))
      let responders = (Self.doubles(first), second.respond(to: "double") { (_: Int) in 7 })
      let advice = "move all but one, or leave their roots to another daemon"
      #expect(scene.moment(of: "cannot be had: bridge-far", "\(path) has it", advice, other) != nil)
      for _ in 0..<3 { #expect(try await Self.ask(near) == 42) }
      scene.reload(Self.far(), extraRoots: ["more"], times: 2)
      #expect(scene.moment(of: "one channel alone can listen", "\(other), \(path)", advice) != nil)
      #expect(try await Self.ask(near) == 42)
      // It goes to the other one when the first has gone.
      scene.reload(Self.far(), times: 3)
      #expect(scene.moment(of: "listening at", other) != nil)
      try await Self.hears(near, 7)
      await near.close()
      await first.close()
      await second.close()
      withExtendedLifetime(responders) {}
    }
  }

  /// A configuration that is careful about another place says nothing of this one.
  @Test(arguments: [
    ("bridge-far=*0", "unix:FOLDER/far.sock", "", "anybody could come in at tcp:0.0.0.0:"),
    (
      "bridge-far=*0", "tls:127.0.0.1:1", "cert = \"server.pem\"\nkey = \"server.key\"",
      "let it be tls: with ca; unprotected"
    ),
    (
      "bridge-far=FOLDER/given.sock", "tls:127.0.0.1:1", "cert = \"server.pem\"\nkey = \"server.key\"",
      "unix:…"
    ),
  ]) func areJudgedByWhereTheyAre(_ socket: String, _ place: String, _ more: String, _ words: String) throws {
    for check in [[], ["--check"]] {
      let (code, output) = try DaemonScene.refusal(given: socket, Self.far(at: place, more), check)
      #expect(code == 2 && output.contains("listen of bridge far: bridge-far: "), "\(code): \(output)")
      #expect(output.contains(words), "\(output)")
    }
  }

  /// A bridge asks nobody who he is.
  @Test(arguments: [(true, ""), (true, "unprotected = true"), (false, "")])
  func areToldOfWhereEverybodyMayCome(isForEverybody: Bool, _ more: String) throws {
    let (code, output) = try DaemonScene.refusal(
      given: "bridge-far=FOLDER/given.sock",
      Self.far(at: "unix:FOLDER/far.sock", more),
      ["--check"],
      isForEverybody: isForEverybody
    )
    guard isForEverybody, more.isEmpty else {
      #expect(code == 0, "\(output)")
      return
    }
    #expect(
      code == 2 && output.contains("/given.sock: every user of this machine may write to the socket"),
      "\(output)"
    )
    #expect(output.contains("SocketMode=0600"), "\(output)")
  }

  /// The configuration says a path, and the socket has a port.
  @Test func areSpokenAtByWhatTheyAre() async throws {
    try await DaemonScene.with(given: ["bridge-far=0"], Self.far()) { scene in
      await (try scene.channel("far")).close()
      #expect(scene.moment(of: "listening at tcp:127.0.0.1:", #""bridge":"far""#) != nil)
    }
  }

  @Test func areToldOfWhereTheBridgeConnects() async throws {
    try await DaemonScene.with(given: ["bridge-near=FOLDER/a.sock", "bridge-=FOLDER/b.sock"], Self.near) { scene in
      for (file, words) in [("a.sock", "write listen in place of connect"), ("b.sock", "bridge-NAME")] {
        #expect(scene.moment(of: "nothing listens", file, words, #""level":"warning""#) != nil, "\(file)")
      }
    }
  }
}
