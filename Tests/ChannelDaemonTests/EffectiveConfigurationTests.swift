import ChannelDaemon
import ChannelMessages
import TestSupport
import Testing

@Suite("Showing a configuration") struct EffectiveConfigurationTests {
  private typealias Scene = ConfigurationScene

  @Test func saysWhereEachValueCameFrom() throws {
    let tables = "[log]\nlevel = \"debug\"\n[metrics]\nport = 9464\n"
    let effective = try Scene.read(tables + Scene.handler("a.b", "environment = { X = \"1\" }"))
    #expect(
      effective.toml == """
        roots = ["/run/transom"] # default
        drain-limit = "10s" # default

        [log]
        form = "automatic" # default
        level = "debug" # 1.toml:2
        show-payloads = false # default

        [state]
        directory = "/var/state" # default

        [admin]
        socket = "/run/transomd.sock" # default

        [metrics]
        port = 9464 # 1.toml:4

        [[handler]]
        name = "a.b" # 1.toml:6
        channels = ["*"] # default
        side = "backend" # default
        methods = ["*"] # 1.toml:8
        events = [] # default
        run = ["true"] # 1.toml:7
        concurrency = 1 # default
        # rate is not set # default
        time-limit = "30s" # default
        grace = "5s" # default
        attempts = 5 # default
        output-limit = "1 MiB" # default
        # memory-limit is not set # default
        repeatable = false # default
        # directory is not set # default

        [handler.backoff]
        first = "1s" # default
        longest = "1m" # default

        [handler.environment]
        X = "1" # 1.toml:9

        """
    )
    let lines = effective.json.split(separator: "\n").map(String.init)
    #expect(lines.contains(#"{"key":"roots","value":["/run/transom"],"origin":"default"}"#))
    #expect(lines.contains(#"{"key":"metrics.port","value":9464,"origin":"1.toml:4"}"#))
    #expect(lines.contains(#"{"key":"handler.\"a.b\".rate","value":null,"origin":"default"}"#))
    #expect(lines.contains(#"{"key":"handler.\"a.b\".environment.X","value":"1","origin":"1.toml:9"}"#))
    for line in lines { _ = try JSONText(validating: Array(line.utf8)) }
  }

  /// What is shown is a file that says the same, each value from the line in which it is shown.
  @Test(arguments: 0..<200) func isReadAgainAsTheSame(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let shown = EffectiveConfiguration(ConfigurationSamples.configuration(&generator))
    let text = shown.toml
    let again = try Scene.read(text)
    #expect(again.configuration == shown.configuration, "\(text)")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for section in again.sections {
      for line in section.lines where line.value != .nothing {
        guard case .file(_, let number) = line.origin else {
          Issue.record("nobody said \(section.keyPath(of: line)) in \(text)")
          continue
        }
        #expect(lines[number - 1].hasPrefix("\(TomlText.key(line.key)) = "))
      }
    }
    for line in shown.json.split(separator: "\n") { _ = try JSONText(validating: Array(line.utf8)) }
  }

  /// The example, too, which has all that a file can have.
  @Test func ofTheExampleIsReadAgainAsTheSame() throws {
    var reader = ConfigurationReader(over: Scene.presets, home: Scene.home)
    reader.read(try Fixture.bytes("configuration/transomd.toml"), from: "transomd.toml", in: Scene.folder)
    let shown = try reader.finished()
    let again = try Scene.read(shown.toml)
    #expect(again.configuration == shown.configuration)
    #expect(again.toml.split(separator: "\n").count == shown.toml.split(separator: "\n").count)
  }

  @Test func originsCannotBreakOutOfTheirComment() throws {
    var reader = ConfigurationReader(over: Scene.presets, home: nil)
    reader.read(Array("log.level = \"debug\"".utf8), from: "/a\nlog.level = \"error\"\u{1B}.toml", in: "/")
    let again = try Scene.read(try reader.finished().toml)
    #expect(again.configuration.log.level == .debug)
  }
}
