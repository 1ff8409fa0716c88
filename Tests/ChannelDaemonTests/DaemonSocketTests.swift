import ChannelMessages
import Glibc
import TestSupport
import Testing
import Transom

/// Sockets that were opened for the daemon before it was begun, as systemd does.
@Suite("Sockets given to the daemon", .timeLimit(.minutes(1))) struct DaemonSocketTests {
  private static func door(_ name: String = "web", at place: String = "http:FOLDER/door.sock", _ more: String = "")
    -> String
  {
    "\(DaemonScene.echo)\n[[door]]\nname = \"\(name)\"\nlisten = \"\(place)\"\n\(more)"
  }

  private static let ask = DaemonScene.post("[1]")

  @Test func areTakenByDoorsAgainAndAgain() async throws {
    try await DaemonScene.with(given: ["door-web=FOLDER/given.sock"], Self.door()) { scene in
      func echoes() async throws -> Bool {
        try await scene.curl("/channels/a/requests/echo", at: "given.sock", Self.ask) == (200, "[1]\n")
      }
      await (try scene.channel("a")).close()
      try await eventually { try await echoes() }
      #expect(scene.moment(of: "listening at http:\(scene.folder)/given.sock", #""door":"web""#) != nil)
      #expect(!RawFiles.exists(scene.folder + "/door.sock"))
      // Others come there by other rules, whatever place the configuration says now.
      scene.reload(Self.door(at: "http:FOLDER/other.sock", #"channels = ["b"]"#), times: 1)
      #expect(try await scene.curl("/channels/a/requests/echo", at: "given.sock", Self.ask).0 == 404)
      scene.reload(DaemonScene.echo, times: 2)
      #expect(scene.hasSaid("nothing listens", "door-web", #"[[door]] with name = \"web\""#, times: 1))
      #expect(RawFiles.exists(scene.folder + "/given.sock"))
      scene.reload(Self.door(), times: 3)
      #expect(try await echoes())
      scene.reload(DaemonScene.echo, times: 4)
      #expect(scene.said.count { $0.contains("nothing listens") } == 1)
    }
  }

  /// It is the same door under another name, though nothing was opened for that.
  @Test func stayWithADoorWhosePlaceIsTheSame() async throws {
    try await DaemonScene.with(given: ["door-web=FOLDER/door.sock"], Self.door()) { scene in
      await (try scene.channel("a")).close()
      try await eventually { try await scene.curl("/channels/a/requests/echo", Self.ask).0 == 200 }
      scene.reload(Self.door("shop"), times: 1)
      #expect(try await scene.curl("/channels/a/requests/echo", Self.ask).0 == 200)
      let command = [String(try DaemonScene.program.dropLast()), "status", "--socket", scene.folder + "/admin.sock"]
      let status = try ProcessRun(command).finish().output
      #expect(status.contains("shop") && !status.contains("web "), "\(status)")
    }
  }

  @Test func areToldOfOnceWhereNobodyWantsThem() async throws {
    let sockets = ["door-wbe=FOLDER/a.sock", "unknown=FOLDER/b.sock", "metrics=FOLDER/c.sock", "admin=FOLDER/d.sock"]
    try await DaemonScene.with(given: sockets + ["admin=FOLDER/e.sock"], Self.door()) { scene in
      for (file, words) in [
        ("a.sock", #"write a [[door]] with name = \"wbe\""#), ("b.sock", "write FileDescriptorName=door-NAME"),
        ("c.sock", "write [metrics]"), ("e.sock", "another one has that name"),
      ] {
        #expect(scene.moment(of: "nothing listens", file, words, #""level":"warning""#) != nil, "\(file)")
      }
      scene.reload(Self.door("wbe", at: "http:FOLDER/a.sock"), times: 1)
      scene.reload(Self.door(), times: 2)
      #expect(scene.said.count { $0.contains("nothing listens") } == 4)
    }
  }

  /// A configuration that is careful about another place says nothing of this one.
  @Test(arguments: [
    ("door-web=*0", "http:FOLDER/door.sock", "", "anybody could come in at http://0.0.0.0:"),
    ("door-web=*0", "https://127.0.0.1:1", "cert = \"server.pem\"\nkey = \"server.key\"", "anybody could come in"),
    (
      "door-web=FOLDER/given.sock", "https://127.0.0.1:1", "cert = \"server.pem\"\nkey = \"server.key\"",
      "cannot be spoken"
    ),
  ]) func areJudgedByWhereTheyAre(_ socket: String, _ place: String, _ more: String, _ words: String) throws {
    let (code, output) = try DaemonScene.refusal(given: socket, Self.door(at: place, more))
    #expect(code == 2 && output.contains("door-web") && output.contains(words), "\(code): \(output)")
  }

  /// To a port of this machine pages could lead by names of their own; to a Unix socket they could not.
  @Test func areGuardedByWhereTheyAre() async throws {
    try await DaemonScene.with(given: ["door-web=0"], Self.door()) { scene in
      let port = try #require(scene.port(after: "http"))
      let url = "http://127.0.0.1:\(port)/channels/a/requests/echo"
      await (try scene.channel("a")).close()
      try await eventually { try await scene.curl(url: url, Self.ask).0 == 200 }
      #expect(try await scene.curl(url: url, Self.ask + ["-H", "Host: evil.example"]).0 == 403)
    }
  }

  @Test func ofWhichTwoAreOneIsRefused() async throws {
    try await DaemonScene.with(given: ["door-web=FOLDER/given.sock"], Self.door()) { scene in
      scene.configure(Self.door() + "[[door]]\nname = \"other\"\nlisten = \"http:FOLDER/given.sock\"")
      scene.signal(SIGHUP)
      #expect(scene.moment(of: "two doors are at", "given.sock", #""level":"error""#) != nil)
      let status = try await scene.curl("/", at: "given.sock").0
      #expect(status == 200)
    }
  }

  /// A door of another name cannot have the place itself, and the log says which name would.
  @Test func areToldOfWhereTheyKeepADoorFromItsPlace() throws {
    try withScratchDirectory { folder in
      let scene = DaemonScene(folder, Self.door(at: "http:\(folder)/given.sock"))
      let command = [try ProcessRun.peer, "socket-give", "door-wbe=\(folder)/given.sock", "--"]
      let (code, output) = try ProcessRun(command + [try DaemonScene.program, "--config", scene.configuration]).finish()
      #expect(code == 7 && output.contains("nothing listens") && output.contains("door-wbe"), "\(code): \(output)")
    }
  }
}
