import ChannelDaemon
import TestSupport
import Testing

/// What a configuration names is looked at before anything is begun.
@Suite("Looking at what a configuration names") struct ConfigurationCheckTests {
  /// What keeps a daemon from beginning, and what does not, of a file in the folder, whose name is left out.
  private static func found(_ text: String, in folder: String) throws -> (hindrances: [String], flaws: [String]) {
    var presets = ConfigurationScene.presets
    presets.roots = ["\(folder)/root"]
    presets.state = "\(folder)/state"
    presets.admin = "\(folder)/run/admin.sock"
    var reader = ConfigurationReader(over: presets, home: nil)
    reader.read(Array(text.utf8), from: "FILE", in: folder)
    var effective = try reader.finished()
    effective.files = ["FILE"]
    let found = ConfigurationCheck(effective)
    func words(_ problems: [ConfigurationProblem]) -> [String] {
      problems.map {
        $0.description.split(separator: folder, omittingEmptySubsequences: false).joined(separator: "DIR")
      }
    }
    return (words(found.hindrances), words(found.flaws))
  }

  @Test func findsNothingWrongAndLeavesNothingBehindWhereAllIsThereOrCanBeMade() throws {
    try withScratchDirectory { folder in
      let found = try Self.found(ConfigurationScene.handler(), in: folder)
      #expect(found.hindrances.isEmpty && found.flaws.isEmpty, "\(found)")
      #expect(!RawFiles.exists(folder + "/root") && !RawFiles.exists(folder + "/run"))
    }
  }

  @Test func tellsOfAllFoldersAndSocketsThatCannotBe() throws {
    try withScratchDirectory { folder in
      for name in ["afile", "admin", "metrics", "door"] { RawFiles.write("", to: "\(folder)/\(name)") }
      let text = """
        roots = ["good", "afile",
          "afile/below"]
        state.directory = "/proc/transom/state"
        admin.socket = "admin"
        metrics.socket = "metrics"
        [[door]]
        name = "web"
        listen = "http:\(folder)/door"
        """
      let found = try Self.found(text, in: folder)
      let (move, place) = ("move away what is there, or name another path", "move it away, or choose another place")
      #expect(
        found.hindrances == [
          "FILE:1:18: roots: DIR/afile: leads to no directory (\(move))",
          "FILE:2:3: roots: DIR/afile/below: leads to no directory (\(move))",
          "FILE:3:19: state.directory: /proc/transom: cannot be made: No such file or directory "
            + "(name another path, or make it for this user)",
          "FILE:4:16: admin.socket: DIR/admin: something that is no socket is there (\(place))",
          "FILE:5:18: metrics.socket: DIR/metrics: something that is no socket is there (\(place))",
          "FILE:8:10: door web: DIR/door: something that is no socket is there (\(place))",
        ],
        "\(found.hindrances.joined(separator: "\n"))"
      )
      #expect(found.flaws.isEmpty)
    }
  }

  @Test func tellsOfAllFilesThatCannotBeUsedByTheNameOfTheBridgeOrDoor() throws {
    try withScratchDirectory { folder in
      RawFiles.write("", to: "\(folder)/empty.pem")
      let text = """
        [[bridge]]
        name = "far"
        connect = "tls:example.org:7000"
        ca = "noca.pem"
        [[bridge]]
        name = "shop"
        connect = "ws://127.0.0.1:1/x"
        side = "frontend"
        out = []
        token = "nofile"
        [[door]]
        name = "web"
        listen = "https://127.0.0.1:0"
        tokens = "notokens"
        cert = "empty.pem"
        key = "nokey"
        channels = ["none"]
        """
      let hindrances = try Self.found(text, in: folder).hindrances
      let begins = [
        "FILE:4:6: ca of bridge far: DIR/noca.pem: ", "FILE:10:9: token of bridge shop: DIR/nofile: ",
        "FILE:14:10: tokens of door web: DIR/notokens: ", "FILE:15:8: cert of door web: DIR/empty.pem: ",
        "FILE:16:7: key of door web: DIR/nokey: ",
      ]
      #expect(hindrances.count == begins.count, "\(hindrances.joined(separator: "\n"))")
      for (line, begin) in zip(hindrances, begins) { #expect(line.hasPrefix(begin), "\(line)") }
    }
  }

  @Test func whatOneHandlerOrBridgeLacksKeepsNobodyFromBeginning() throws {
    try withScratchDirectory { folder in
      RawFiles.write("", to: "\(folder)/plain")
      let text = """
        [[handler]]
        name = "one"
        run = ["nosuchprog-here"]
        methods = ["one"]
        directory = "nowhere"
        [[handler]]
        name = "two"
        worker = ["./missing"]
        methods = ["two"]
        [[handler]]
        name = "three"
        run = ["./plain"]
        methods = ["three"]
        [[bridge]]
        name = "far"
        connect = "exec:nosuchprog-there word"
        out = ["far"]
        """
      let found = try Self.found(text, in: folder)
      #expect(found.hindrances.isEmpty)
      #expect(
        found.flaws == [
          #"FILE:3:7: handler one: there is no program "nosuchprog-here" in PATH "#
            + "(install it, or write its whole path)",
          "FILE:5:13: handler one: there is no directory DIR/nowhere (make it, or name another one as directory)",
          #"FILE:8:10: handler two: there is no program "DIR/missing" (install it, or write another path)"#,
          "FILE:12:7: handler three: DIR/plain is nothing that can be run (chmod +x it, if it is the program)",
          #"FILE:16:11: bridge far: there is no program "nosuchprog-there" in PATH "#
            + "(install it, or write its whole path)",
        ],
        "\(found.flaws.joined(separator: "\n"))"
      )
    }
  }

  @Test func anExpiredCertificateOfOurOwnIsToldAndKeepsNothingFromBeginning() throws {
    try withScratchDirectory { folder in
      try TestCertificates.write(to: folder)
      let text = """
        [[door]]
        name = "web"
        listen = "https://127.0.0.1:8443"
        channels = ["*"]
        cert = "expired.pem"
        key = "expired.key"
        """
      let found = try Self.found(text, in: folder)
      #expect(found.hindrances.isEmpty, "\(found.hindrances)")
      let flaw = found.flaws.first ?? ""
      #expect(flaw.hasPrefix("FILE:5:8: cert of door web: DIR/expired.pem: the certificate of "), "\(flaw)")
      #expect(flaw.contains(" has expired on ") && flaw.hasSuffix("(`transom reload` takes the new one)"), "\(flaw)")
    }
  }

  /// Each would listen there for itself; who connects can be for any number of them.
  @Test func tellsOfChannelsOfOneNameThatCannotAllListen() throws {
    try withScratchDirectory { folder in
      for path in ["a", "b", "b/jobs", "a/jobs", "c", "c/jobs", "c/jobs/jobs"] {
        RawFiles.makeDirectory("\(folder)/\(path)")
        if path.hasSuffix("jobs") { RawFiles.write("", to: "\(folder)/\(path)/.channel_info") }
      }
      func flaws(_ roots: [String], _ manner: String = "listen") throws -> [String] {
        let text = """
          roots = \(roots)
          [[bridge]]
          name = "far"
          channels = ["jobs"]
          side = "frontend"
          \(manner) = "unix:\(folder)/far.sock"
          """
        let found = try Self.found(text, in: folder)
        #expect(found.hindrances.isEmpty)
        return found.flaws
      }
      let several = try flaws(["b", "a"])
      #expect(
        several == [
          "FILE:4:12: bridge far: one channel alone can listen, and several are called so: DIR/b/jobs, DIR/a/jobs "
            + "(move all but one, or leave their roots to another daemon)"
        ]
      )
      #expect(try flaws(["b", "a"], "connect").isEmpty)
      #expect(try flaws(["a"]).isEmpty)
      // One that is a root itself is one.
      #expect(try flaws(["a", "a/jobs"]).isEmpty)
      #expect(try flaws(["c", "c/jobs/jobs"]).count == 1)
    }
  }

  @Test func aTableThatAnotherFileReplacesIsToldWhereItStandsThere() throws {
    try withScratchDirectory { folder in
      var reader = ConfigurationReader(over: ConfigurationScene.presets, home: nil)
      let handler = ConfigurationScene.handler()
      reader.read(Array("\(handler)directory = \"here\"\n".utf8), from: "1", in: folder)
      reader.read(Array("\n\(handler)\ndirectory = \"there\"\n".utf8), from: "2", in: folder)
      var effective = try reader.finished()
      effective.files = ["1", "2"]
      effective.configuration.roots = [folder + "/root"]
      effective.configuration.state = folder + "/state"
      effective.configuration.admin = folder + "/admin"
      let flaws = ConfigurationCheck(effective).flaws
      #expect(flaws.map(\.file) == ["2"] && flaws.first?.position == TomlNode.Position(line: 8, column: 13), "\(flaws)")
    }
  }

  @Test(
    arguments: [
      ("", true, "the configuration is right: no handlers, bridges or doors"),
      (ConfigurationScene.handler(), true, "the configuration is right: 1 handler"),
      (
        ConfigurationScene.handler() + ConfigurationScene.handler("b")
          + "[[bridge]]\nname = \"far\"\nchannels = [\"far\"]\nside = \"frontend\"\nconnect = \"unix:/far\"\n", true,
        "the configuration is right: 2 handlers, 1 bridge"
      ),
      (
        "", false,
        "no configuration file is there, neither /a nor /b, so everything is as it is by default: "
          + "no handlers, bridges or doors"
      ),
    ]
  )
  func aRightOneIsToldByWhatItHas(_ text: String, _ isFile: Bool, _ expected: String) throws {
    var effective = try ConfigurationScene.read(text)
    effective.files = isFile ? ["FILE"] : []
    #expect(ConfigurationSummary.text(effective, lookedFor: ["/a", "/b"]) == expected)
  }
}
