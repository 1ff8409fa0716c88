import ChannelDaemon
import Testing

@Suite("Reading a configuration") struct ConfigurationReaderTests {
  private typealias Scene = ConfigurationScene

  @Test func nothingSaidIsTheDefaults() throws {
    let effective = try Scene.read()
    #expect(effective.configuration == Scene.presets)
    #expect(effective.origins.isEmpty)
    #expect(try Scene.read("").configuration == Scene.presets)
  }

  @Test func laterFilesReplaceKeyByKey() throws {
    let effective = try Scene.read(
      "roots = [\"/a\", \"/b\"]\n[log]\nlevel = \"debug\"\nform = \"json\"\n[log.parts]\ndaemon = \"info\"\nledger = \"info\"",
      "roots = [\"/c\"]\nlog.level = \"error\"\nlog.parts.ledger = \"debug\""
    )
    #expect(effective.configuration.roots == ["/c"])
    #expect(effective.configuration.log.level == .error)
    #expect(effective.configuration.log.form == .json)
    #expect(effective.configuration.log.parts == [.daemon: .info, .ledger: .debug])
    let origins = ["roots", "log.level", "log.form", "log.parts.daemon", "log.parts.ledger", "log.show-payloads"]
      .map { effective.origin(of: $0).description }
    #expect(origins == ["2.toml:1", "2.toml:2", "1.toml:4", "1.toml:6", "2.toml:3", "default"])
  }

  @Test func laterHandlersReplaceWholeOnesInTheirPlace() throws {
    let effective = try Scene.read(
      Scene.handler("a", "concurrency = 4\nrate = 1") + Scene.handler("a.b", "rate = 7") + Scene.handler("c"),
      Scene.handler("a", "grace = \"1s\"") + Scene.handler("d")
    )
    #expect(effective.configuration.handlers.map(\.name) == ["a", "a.b", "c", "d"])
    let first = effective.configuration.handlers[0]
    #expect(first.concurrency == 1)
    #expect(first.rate == nil)
    #expect(first.grace == .seconds(1))
    #expect(effective.origin(of: "handler.a.concurrency") == .preset)
    #expect(effective.origin(of: "handler.a.grace") == .file("2.toml", line: 5))
    #expect(effective.origin(of: "handler.\"a.b\".rate") == .file("1.toml", line: 11))
  }

  @Test func laterFilesMoveTheMetrics() throws {
    let effective = try Scene.read("metrics.port = 80", "metrics.socket = \"/m\"")
    #expect(effective.configuration.metrics == .socket(path: "/m"))
    #expect(effective.origin(of: "metrics.port") == .preset)
    #expect(effective.origin(of: "metrics.socket") == .file("2.toml", line: 1))
  }

  @Test func tellsAllThatIsWrongInTheOrderOfTheFiles() {
    let problems = Scene.problems(
      Scene.handler("a", "rate = 0") + "[log]\nlevel = 1\n",
      "nothing",
      "root = 1\n" + Scene.handler("a", "methodes = []")
    )
    let places = problems.map { String($0.prefix { $0 != " " }) }
    #expect(places == ["1.toml:5:8:", "1.toml:7:9:", "2.toml:1:8:", "3.toml:1:1:", "3.toml:6:1:"])
  }

  @Test(
    arguments: [
      ("/a//b/./c/", "/a/b/c"), ("b", "/etc/transom/b"), ("./b", "/etc/transom/b"), ("../b", "/etc/transom/../b"),
      ("~", "/people/ana"), ("~/b", "/people/ana/b"), ("b/~", "/etc/transom/b/~"), ("/", "/"),
      ("${HOME}/b", "/etc/transom/${HOME}/b"), ("./~b", "/etc/transom/~b"),
    ] as [(String, String)]
  )
  func pathsBeginAtTheRootAtHomeOrBesideTheFile(_ written: String, _ path: String) throws {
    let value = TomlText.string(written)
    let text = "roots = [\(value)]\nstate.directory = \(value)\nadmin.socket = \(value)"
    let effective = try Scene.read(text)
    #expect(effective.configuration.roots == [path])
    #expect(effective.configuration.state == path)
    #expect(effective.configuration.admin == path)
    #expect(try Scene.read(Scene.handler("a", "directory = \(value)")).configuration.handlers[0].directory == path)
  }

  @Test func homeThatNobodyKnowsIsNoPath() {
    let hint = "there is no HOME in the environment; write the whole path"
    let problems = Scene.problems("state.directory = \"~/x\"", home: nil)
    #expect(problems == ["1.toml:1:19: directory cannot be \"~/x\" (\(hint))"])
  }

  @Test(
    arguments: [
      ("cat", "cat"), ("./cat", "/etc/transom/cat"), ("bin/cat", "/etc/transom/bin/cat"), ("/bin/cat", "/bin/cat"),
      ("~/cat", "/people/ana/cat"), ("${X}", "${X}"),
    ] as [(String, String)]
  )
  func programsAreNamesOrPaths(_ written: String, _ program: String) throws {
    for manner in ["run", "worker"] {
      let command = "[\(TomlText.string(written)), \"~/x\", \"\", \"./y\"]"
      let text = "[[handler]]\nname = \"a\"\nevents = [\"*\"]\n\(manner) = \(command)"
      let handler = try Scene.read(text).configuration.handlers[0]
      #expect(handler.command == [program, "~/x", "", "./y"])
      #expect(handler.manner.rawValue == manner)
    }
  }

  @Test(
    arguments: [
      ("concurrency", "1", true), ("concurrency", "1024", true), ("concurrency", "0", false),
      ("concurrency", "1025", false), ("concurrency", "-9223372036854775808", false), ("concurrency", "1.0", false),
      ("attempts", "1", true), ("attempts", "0", false), ("rate", "0.001", true), ("rate", "1", true),
      ("rate", "0", false), ("rate", "-1", false), ("rate", "nan", false), ("rate", "inf", false),
      ("time-limit", "\"1ns\"", true), ("time-limit", "\"0s\"", false), ("time-limit", "30", false),
      ("grace", "\"0s\"", true), ("grace", "\"-1s\"", false), ("output-limit", "1", true), ("output-limit", "0", false),
      ("output-limit", "\"1 GiB\"", true), ("output-limit", "\"2 GiB\"", false), ("output-limit", "-1", false),
      ("memory-limit", "\"1 MiB\"", true), ("memory-limit", "\"1023 KiB\"", false), ("repeatable", "true", true),
      ("repeatable", "1", false), ("side", "\"frontend\"", true), ("side", "\"Backend\"", false),
      ("channels", "[]", false), ("channels", "[\"a\", 1]", false), ("events", "[]", true), ("events", "[\"\"]", false),
      ("backoff", "{ first = \"1m\", longest = \"1m\" }", true), ("backoff", "{ first = \"61s\" }", false),
      ("backoff", "{ longest = \"999ms\" }", false), ("backoff", "{}", true), ("backoff", "\"1s\"", false),
      ("environment", "{ A = \"\" }", true), ("environment", "{ \"\" = \"x\" }", false),
      ("environment", "{ A = \"\\u0000\" }", false), ("directory", "\"a\\u0000b\"", false),
      ("directory", "\"\"", false),
    ] as [(String, String, Bool)]
  )
  func valuesHaveTheirBounds(_ key: String, _ value: String, _ isGood: Bool) {
    let problems = Scene.problems(Scene.handler("a", "\(key) = \(value)"))
    #expect(problems.isEmpty == isGood, "\(problems)")
    #expect(problems.allSatisfy { $0.hasPrefix("1.toml:5:") }, "\(problems)")
    #expect(problems.count <= 1, "\(problems)")
  }

  @Test(arguments: ["a", "A.b_c-1", String(repeating: "x", count: 64)]) func namesAreOfPlainLetters(_ name: String) {
    #expect(Scene.problems(Scene.handler(name)).isEmpty)
  }

  @Test(arguments: ["", " ", "a b", "a/b", "é", "a\n", String(repeating: "x", count: 65)])
  func namesAreNothingElse(_ name: String) {
    #expect(Scene.problems(Scene.handler(name)).count == 1)
  }

  @Test func aProblemStaysOnItsLineAndLeavesTheTerminalAlone() {
    let problems = Scene.problems("\"a\\u001B[31m\\nb\" = 1\n[log]\nlevel = \"\\u009B\\n\"")
    #expect(problems.count == 2)
    for problem in problems {
      #expect(problem.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }, "\(problem)")
    }
  }

  @Test func aWrongValueChangesNothingAndIsToldOnce() {
    #expect(Scene.problems("[[handler]]\nname = 1\nrun = 1\nmethods = 1").count == 3)
  }

  /// As the paths of all other keys.
  @Test(
    arguments: [
      ("unix:a.sock", "unix:/etc/transom/a.sock"), ("unix:./a/b", "unix:/etc/transom/a/b"),
      ("unix:~/a", "unix:/people/ana/a"), ("unix:/a", "unix:/a"), ("unix:@a", "unix:@a"),
      ("fifo:in,~/out", "fifo:/etc/transom/in,/people/ana/out"), ("tcp:localhost:7", "tcp:localhost:7"),
    ]
  )
  func pathsOfAddressesBeginWhereTheFileIs(_ written: String, _ address: String) throws {
    let effective = try ConfigurationScene.read("[[bridge]]\nname = \"a\"\nconnect = \"\(written)\"\n")
    #expect(effective.configuration.bridges.map { "\($0.address)" } == [address])
  }

  @Test(
    arguments: [
      ("http:./a.sock", "http:/etc/transom/a.sock"), ("http:../a", "http:/etc/transom/../a"),
      ("http:~/a", "http:/people/ana/a"), ("http:a:7", "http://a:7"), ("http:/a", "http:/a"),
    ]
  )
  func pathsOfDoorsBeginWhereTheFileIs(_ written: String, _ address: String) throws {
    let text = "[[door]]\nname = \"a\"\nlisten = \"\(written)\"\nunprotected = true\n"
    let effective = try ConfigurationScene.read(text)
    #expect(effective.configuration.doors.map { "\($0.address)" } == [address])
  }
}
