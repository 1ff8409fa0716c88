import ChannelDaemon
import LinuxIO
import TestSupport
import Testing

@Suite("Finding a configuration") struct ConfigurationSearchTests {
  /// The places of a user, below a directory that is gone afterwards.
  private func search(_ scratch: String, _ more: [String: String] = [:]) -> ConfigurationSearch {
    var environment = ["HOME": "\(scratch)/ana"]
    environment.merge(more) { _, new in new }
    return ConfigurationSearch(environment: environment, user: 7, machineFolder: "\(scratch)/etc/transom")
  }

  private func make(_ path: String, _ text: String) {
    var at = path.startIndex
    while let slash = path[at...].dropFirst().firstIndex(of: "/") {
      let folder = String(path[..<slash])
      if (try? Directory.open("\(folder)/.")) == nil { RawFiles.makeDirectory(folder) }
      at = slash
    }
    RawFiles.write(text, to: path)
  }

  private func files(_ search: ConfigurationSearch, _ named: String? = nil) throws -> [String] {
    try search.files(named)
  }

  @Test func theFirstOfItsPlacesCounts() throws {
    try withScratchDirectory { scratch in
      let none = try files(search(scratch))
      #expect(none == [])
      let machine = "\(scratch)/etc/transom/transomd.toml"
      make(machine, "")
      #expect(try files(search(scratch)) == [machine])
      let own = "\(scratch)/ana/.config/transom/transomd.toml"
      make(own, "")
      #expect(try files(search(scratch)) == [own])
      let moved = "\(scratch)/moved/transom/transomd.toml"
      make(moved, "")
      #expect(try files(search(scratch, ["XDG_CONFIG_HOME": "\(scratch)/moved/"])) == [moved])
      #expect(try files(search(scratch, ["XDG_CONFIG_HOME": "moved"])) == [own])
      #expect(try files(search(scratch, ["TRANSOM_CONFIG": ""])) == [own])
      #expect(try files(search(scratch, ["TRANSOM_CONFIG": "/a//b.toml"])) == ["/a/b.toml"])
      #expect(try files(search(scratch, ["TRANSOM_CONFIG": "/a//b.toml"]), "/c.toml") == ["/c.toml"])
    }
  }

  @Test func whatIsInConfDIsReadOverItInTheOrderOfNames() throws {
    try withScratchDirectory { scratch in
      let folder = "\(scratch)/etc/transom"
      make("\(folder)/transomd.toml", "[log]\nlevel = \"error\"\nform = \"json\"")
      make("\(folder)/conf.d/20.toml", "log.level = \"warning\"")
      make("\(folder)/conf.d/10.toml", "log.level = \"debug\"\nroots = [\"channels\"]")
      make("\(folder)/conf.d/.30.toml", "nonsense")
      make("\(folder)/conf.d/40.toml~", "nonsense")
      let effective = try search(scratch).load()
      #expect(effective.configuration.log.level == .warning)
      #expect(effective.configuration.log.form == .json)
      #expect(effective.configuration.roots == ["\(folder)/conf.d/channels"])
      #expect(effective.origin(of: "log.level") == .file("\(folder)/conf.d/20.toml", line: 1))
      #expect(effective.origin(of: "state.directory") == .preset)
    }
  }

  @Test func linksLeadToFilesThatAreKeptElsewhere() throws {
    try withScratchDirectory { scratch in
      make("\(scratch)/kept/daemon.toml", "log.level = \"debug\"\nroots = [\"x\"]")
      make("\(scratch)/ana/.config/empty", "")
      RawFiles.makeDirectory("\(scratch)/other")
      RawFiles.makeSymlink("\(scratch)/ana/.config/transom", to: "\(scratch)/other")
      RawFiles.makeSymlink("\(scratch)/other/transomd.toml", to: "../kept/daemon.toml")
      let effective = try search(scratch).load()
      #expect(effective.configuration.log.level == .debug)
      // Paths begin where the link stands: that is where people look for them.
      #expect(effective.configuration.roots == ["\(scratch)/ana/.config/transom/x"])
    }
  }

  private func problems(_ search: ConfigurationSearch, _ named: String? = nil) -> [String] {
    do throws(ConfigurationError) {
      _ = try search.load(named)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func filesThatCannotBeReadAreTold() throws {
    try withScratchDirectory { scratch in
      let missing = "\(scratch)/missing.toml"
      #expect(problems(search(scratch), missing) == ["\(missing): there is no such file (--config names it)"])
      #expect(
        problems(search(scratch, ["TRANSOM_CONFIG": missing]))
          == ["\(missing): there is no such file (TRANSOM_CONFIG names it)"]
      )
      let folder = "\(scratch)/etc/transom"
      make("\(folder)/transomd.toml", "level = 1")
      RawFiles.makeDirectory("\(folder)/conf.d")
      RawFiles.makeDirectory("\(folder)/conf.d/a.toml")
      RawFiles.makeFIFO("\(folder)/conf.d/b.toml")
      RawFiles.makeSymlink("\(folder)/conf.d/c.toml", to: "nowhere")
      RawFiles.makeSparse("\(folder)/conf.d/d.toml", size: (1 << 20) + 1)
      let remedy = "put a regular file in its place or remove it"
      #expect(
        problems(search(scratch)) == [
          "\(folder)/transomd.toml:1:1: there is no key level (it belongs into [log])",
          "\(folder)/conf.d/a.toml: a directory where a regular file belongs (move it away)",
          "\(folder)/conf.d/b.toml: a FIFO where a regular file belongs (remove it)",
          "\(folder)/conf.d/c.toml: is a symbolic link that leads nowhere (\(remedy))",
          "\(folder)/conf.d/d.toml: 1048577 bytes, over the limit of 1048576 (raise the limit or remove the file)",
        ]
      )
    }
  }

  @Test(arguments: ["", "/", "/missing", "missing", ".", "/etc", "/dev/null", "/etc/."])
  func noNamedPathIsTakenForAFileThatIsNone(_ named: String) throws {
    try withScratchDirectory { scratch in
      let problems = problems(search(scratch), named)
      #expect(problems.count == 1, "\(problems)")
    }
  }

  @Test(arguments: ["", "/", "/."]) func aDirectoryIsToldToBeOne(_ end: String) throws {
    try withScratchDirectory { scratch in
      let told = problems(search(scratch), scratch + end)
      let expected = "\(scratch)\(end == "/." ? end : ""): is a directory (name the file in it, such as transomd.toml)"
      #expect(told == [expected])
    }
  }

  @Test func confDHasToBeAFolder() throws {
    try withScratchDirectory { scratch in
      let folder = "\(scratch)/etc/transom"
      make("\(folder)/transomd.toml", "")
      make("\(folder)/conf.d", "")
      #expect(problems(search(scratch)).count == 1)
    }
  }

  @Test(
    arguments: [
      ([:], 7, "/tmp/transom-7", "/tmp/transom-7/state", "/tmp/transom-7/transomd.sock"),
      (["HOME": "/ana"], 7, "/tmp/transom-7", "/ana/.local/state/transom", "/tmp/transom-7/transomd.sock"),
      (["HOME": "/r"], 0, "/tmp/transom-0", "/var/lib/transom", "/tmp/transom-0/transomd.sock"),
      (
        ["XDG_RUNTIME_DIR": "/run/user/7/", "XDG_STATE_HOME": "/s"], 7, "/run/user/7/transom", "/s/transom",
        "/run/user/7/transomd.sock"
      ),
      (
        ["XDG_RUNTIME_DIR": "run", "XDG_STATE_HOME": "", "HOME": "h"], 7, "/tmp/transom-7", "/tmp/transom-7/state",
        "/tmp/transom-7/transomd.sock"
      ),
    ] as [([String: String], UInt32, String, String, String)]
  )
  func nothingSaidHasItsPlaces(
    _ environment: [String: String],
    _ user: UInt32,
    _ root: String,
    _ state: String,
    _ admin: String
  ) {
    let configuration = ConfigurationPresets(environment: environment, user: user).configuration
    #expect(configuration == Configuration(roots: [root], state: state, admin: admin))
  }
}
