import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// The real command asks the real daemon.
@Suite(.timeLimit(.minutes(2))) struct DaemonCommandTests {
  private static let handlers = """
    [metrics]
    socket = "metrics.sock"
    [[handler]]
    name = "echo"
    run = ["cat"]
    methods = ["echo"]
    [[handler]]
    name = "picky"
    run = ["sh", "-c", "test -e FOLDER/go || { echo it is too early >&2; exit 3; }"]
    events = ["number"]
    """

  private static func transom(_ scene: DaemonScene, _ words: String...) throws -> (code: Int32, output: String) {
    let program = try DaemonScene.program.dropLast()
    return try ProcessRun([String(program)] + words + ["--socket", scene.folder + "/admin.sock"]).finish()
  }

  @Test func tellsHowItIsAndTheWayOfAMessage() async throws {
    try await DaemonScene.with(Self.handlers) { scene in
      let channel = try scene.channel()
      let answer: JSONText = try await channel.request("echo", JSONText(integer: 7), timeout: .seconds(10))
      #expect(answer == JSONText(integer: 7))
      let status = try Self.transom(scene, "status")
      #expect(
        status.code == 0 && status.output.contains("serving") && status.output.contains("echo"),
        "\(status.output)"
      )
      let top = try Self.transom(scene, "top", "--once")
      #expect(top.code == 0 && top.output.contains("\nchannel "), "\(top.output)")
      let receipt = try await channel.send("number", JSONText(integer: 1))
      #expect(scene.moment(of: "set aside") != nil)
      let trace = try Self.transom(scene, "trace", receipt.id)
      #expect(trace.code == 0 && trace.output.contains("it is too early"), "\(trace.output)")
      let configuration = try Self.transom(scene, "config", "show")
      #expect(configuration.code == 0 && configuration.output.contains("name = \"picky\""), "\(configuration.output)")
      await channel.close()
    }
  }

  @Test func reloadsWhenToldAndSaysWhatIsWrong() async throws {
    try await DaemonScene.with(Self.handlers) { scene in
      scene.configure(Self.handlers + "\n[[handler]]\nname = \"new\"\nrun = [\"cat\"]\nmethods = [\"new\"]\n")
      let good = try Self.transom(scene, "reload")
      #expect(good.code == 0 && good.output.contains("new"), "\(good.output)")
      scene.write("[log]\nlevle = \"info\"\n")
      let bad = try Self.transom(scene, "reload")
      #expect(
        bad.code == 2 && bad.output.contains("transomd.toml:2:1") && bad.output.contains("level"),
        "\(bad.output)"
      )
      let status = try Self.transom(scene, "status")
      #expect(status.output.contains("new") && status.output.contains("levle"), "\(status.output)")
    }
  }

  @Test func deadLettersAreListedShownRetriedAndDropped() async throws {
    try await DaemonScene.with(Self.handlers) { scene in
      let channel = try scene.channel()
      for number in 1...3 { try await channel.send("number", JSONText(integer: number)) }
      #expect(scene.hasSaid("set aside", times: 3))
      let list = try Self.transom(scene, "dead", "list")
      #expect(list.code == 0 && list.output.contains("number"), "\(list.output)")
      let shown = try Self.transom(scene, "dead", "show", "1")
      #expect(shown.code == 0 && shown.output.contains("it is too early"), "\(shown.output)")
      // It fails again, and stays.
      #expect(try Self.transom(scene, "dead", "retry", "1").code == 0)
      #expect(scene.moment(of: "failed again") != nil)
      #expect(try Self.transom(scene, "dead", "show", "1").code == 0)
      // Now they can be handled.
      RawFiles.write("", to: scene.folder + "/go")
      #expect(try Self.transom(scene, "dead", "retry", "--all").code == 0)
      try await eventually { try Self.transom(scene, "dead", "list", "--json").output.isEmpty }
      RawFiles.remove(scene.folder + "/go")
      try await channel.send("number", JSONText(integer: 4))
      #expect(scene.hasSaid("set aside", times: 4))
      #expect(try Self.transom(scene, "dead", "drop", "--all").code == 0)
      #expect(try Self.transom(scene, "dead", "list", "--json").output.isEmpty)
      await channel.close()
    }
  }

  @Test func showsMetricsAndHealth() async throws {
    try await DaemonScene.with(Self.handlers) { scene in
      let channel = try scene.channel()
      _ = try await channel.request("echo", JSONText(integer: 7), timeout: .seconds(10)) as JSONText
      func ask(_ path: String) throws -> String {
        try ProcessRun.run("curl", "-sS", "--unix-socket", scene.folder + "/metrics.sock", "http://here\(path)").output
      }
      let metrics = try ask("/metrics")
      #expect(
        metrics.contains(#"transom_handler_messages_total{handler="echo",manner="run",outcome="handled"} 1"#),
        "\(metrics.prefix(3_000))"
      )
      #expect(try ask("/livez") == "ok\n")
      #expect(try ask("/readyz") == "ready\n")
      await channel.close()
    }
  }

  @Test func showsItsBridgesAndDoors() async throws {
    let lines = """
      \(Self.handlers)
      [[bridge]]
      name = "far"
      channels = ["channel"]
      listen = "unix:FOLDER/bridge.sock"
      out = ["news"]
      [[door]]
      name = "web"
      listen = "http:FOLDER/door.sock"
      channels = ["channel"]
      """
    try await DaemonScene.with(lines) { scene in
      let channel = try scene.channel()
      func curl(_ socket: String, _ words: String...) throws -> String {
        let call = ["curl", "-sS", "--max-time", "20", "--unix-socket", "\(scene.folder)/\(socket)"]
        return try ProcessRun(call + words).finish().output
      }
      let json = ["-H", "Content-Type: application/json", "-d", "7"]
      func ask(_ method: String) throws -> String {
        try curl("door.sock", json[0], json[1], json[2], json[3], "http://door/channels/\(method)")
      }
      try await eventually { try ask("channel/requests/echo") == "7\n" }
      let refusal = try ask("other/requests/echo")
      #expect(refusal.contains("no-channel"), "\(refusal)")
      #expect(scene.moment(of: "listening at", #""bridge":"far""#) != nil)
      let peer = try RawSocket(path: scene.folder + "/bridge.sock")
      #expect(scene.moment(of: "connected with", #""bridge":"far""#) != nil)
      try await channel.send("news", JSONText(integer: 1))
      let told = String(decoding: try peer.receive(), as: UTF8.self)
      #expect(told.contains("news"))
      let status = try Self.transom(scene, "status")
      let rows = status.output.split(separator: "\n")
      #expect(
        rows.contains { $0.hasPrefix("BRIDGE  KIND    PLACE ") }
          && rows.contains { $0.hasPrefix("far     bridge  unix:\(scene.folder)/bridge.sock ") }
          && rows.contains { $0.hasPrefix("web     door    http:\(scene.folder)/door.sock ") },
        "\(status.output)"
      )
      let top = try Self.transom(scene, "top", "--once")
      #expect(top.output.contains("\nBRIDGE  KIND ") && top.output.contains("\nfar     bridge "), "\(top.output)")
      let whole = try Self.transom(scene, "status", "--json").output
      #expect(whole.contains(#""bridges":[{"name":"far","kind":"bridge","#), "\(whole)")
      let metrics = try curl("metrics.sock", "http://here/metrics").split(separator: "\n")
      for line in [
        #"transom_bridge_connections{bridge="far",kind="bridge"} 1"#,
        #"transom_bridge_events_total{bridge="far",kind="bridge",direction="out"} 1"#,
        #"transom_bridge_trouble{bridge="far",kind="bridge"} 0"#,
        #"transom_bridge_channels{bridge="web",kind="door"} 1"#,
        #"transom_bridge_trouble{bridge="web",kind="door"} 0"#,
      ] {
        #expect(metrics.contains { $0 == line }, "\(line)")
      }
      // It may have been asked before the channel was found.
      let answered = #"transom_bridge_requests_total{bridge="web",kind="door",direction="in"} "#
      #expect(metrics.contains { $0.hasPrefix(answered) && !$0.hasSuffix(" 0") })
      let refused = #"transom_bridge_refused_total{bridge="web",kind="door"} "#
      #expect(metrics.contains { $0.hasPrefix(refused) && !$0.hasSuffix(" 0") })
      await channel.close()
      withExtendedLifetime(peer) {}
    }
  }

  @Test func doesNotBeginWhereAnotherOneAnswers() async throws {
    try await DaemonScene.with(Self.handlers) { scene in
      let other = scene.folder + "/other.toml"
      RawFiles.write(
        """
        roots = ["other"]
        [state]
        directory = "other-state"
        [admin]
        socket = "admin.sock"
        """,
        to: other
      )
      let (code, output) = try ProcessRun.run(try DaemonScene.program, "--config", other)
      #expect(code == 7 && output.contains("another program listens here"), "\(code) \(output)")
    }
  }

  @Test func aMetricsSocketOrAdminSocketGoesWithTheDaemon() async throws {
    try await DaemonScene.with(Self.handlers) { scene in
      #expect(RawFiles.exists(scene.folder + "/admin.sock") && RawFiles.exists(scene.folder + "/metrics.sock"))
      try scene.kill(SIGTERM)
      #expect(!RawFiles.exists(scene.folder + "/admin.sock") && !RawFiles.exists(scene.folder + "/metrics.sock"))
      let gone = try Self.transom(scene, "status")
      #expect(gone.code == 4 && gone.output.contains("no daemon"), "\(gone.output)")
    }
  }
}
