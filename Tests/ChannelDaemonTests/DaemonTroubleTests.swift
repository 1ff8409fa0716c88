import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// What is wrong before and while the daemon serves is told by name.
@Suite("What a daemon lacks", .timeLimit(.minutes(2))) struct DaemonTroubleTests {
  /// What a daemon in a folder says that is only to look at its configuration, or that cannot begin.
  private static func run(_ text: String, in folder: String, _ words: String...) throws -> (code: Int32, output: String)
  {
    let file = folder + "/transomd.toml"
    RawFiles.write(
      """
      roots = ["root"]
      log.form = "json"
      state.directory = "state"
      admin.socket = "admin.sock"
      \(text)
      """,
      to: file
    )
    return try ProcessRun([try DaemonScene.program, "--config", file] + words).finish()
  }

  @Test func theCheckTellsWhatTheStartWouldAndTheStartTellsAll() throws {
    try withScratchDirectory { folder in
      let text = """
        [[bridge]]
        name = "far"
        connect = "tls:example.org:7000"
        ca = "noca.pem"
        side = "frontend"
        [[handler]]
        name = "lost"
        run = ["nosuchprog-here"]
        methods = ["*"]
        [metrics]
        socket = "transomd.toml"
        """
      let told = [":8:6: ca of bridge far: \(folder)/noca.pem: ", ":15:10: metrics.socket: "]
      let check = try Self.run(text, in: folder, "--check")
      #expect(check.code == 2 && told.allSatisfy(check.output.contains), "\(check)")
      #expect(check.output.contains(":12:7: handler lost: there is no program"), "\(check.output)")
      #expect(!RawFiles.exists(folder + "/root") && !RawFiles.exists(folder + "/state"))
      let start = try Self.run(text, in: folder)
      let lines = start.output.split(separator: "\n")
      #expect(start.code == 2 && told.allSatisfy(start.output.contains), "\(start)")
      // The handler is no reason not to begin, and told all the same.
      #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") }, "\(start.output)")
      #expect(!RawFiles.exists(folder + "/root") && !RawFiles.exists(folder + "/state"))
    }
  }

  @Test func theCheckCountsWhatIsThere() throws {
    try withScratchDirectory { folder in
      let handler = "[[handler]]\nname = \"echo\"\nrun = [\"cat\"]\nmethods = [\"echo\"]\n"
      let check = try Self.run(handler, in: folder, "--check")
      #expect(check.code == 0 && check.output == "the configuration is right: 1 handler\n", "\(check)")
    }
  }

  @Test func aHandlerWithoutItsProgramIsInTroubleUntilItIsThere() async throws {
    let text = """
      [[handler]]
      name = "late"
      run = ["FOLDER/late"]
      methods = ["late"]
      [[handler]]
      name = "broken"
      run = ["FOLDER/broken"]
      methods = ["broken"]
      """
    try await DaemonScene.with(text) { scene in
      func status() throws -> String {
        let command = String(try DaemonScene.program.dropLast())
        return try ProcessRun([command, "status", "--socket", scene.folder + "/admin.sock"]).finish().output
      }
      func install(_ name: String, _ text: String) {
        RawFiles.write(text, to: "\(scene.folder)/\(name)")
        RawFiles.setPermissions("\(scene.folder)/\(name)", to: 0o755)
      }
      install("broken", "#!/bin/sh\ncat\n")
      let before = try status()
      #expect(before.contains("in trouble: handler late: there is no program \"\(scene.folder)/late\""), "\(before)")
      install("late", "#!/bin/sh\ncat\n")
      let after = try status()
      #expect(after.contains("all is well"), "\(after)")
      // What cannot be seen without starting it is told once it was tried, until it goes well.
      install("broken", "#!/nowhere/no-interpreter\n")
      let channel = try scene.channel()
      await #expect(throws: ChannelError.self) {
        _ = try await channel.request("broken", JSONText(integer: 1), timeout: .seconds(20)) as JSONText
      }
      let broken = try status()
      #expect(broken.contains("in trouble: handler broken: "), "\(broken)")
      install("broken", "#!/bin/sh\ncat\n")
      let answer: JSONText = try await channel.request("broken", JSONText(integer: 2), timeout: .seconds(20))
      #expect(answer == JSONText(integer: 2))
      let mended = try status()
      #expect(mended.contains("all is well"), "\(mended)")
      await channel.close()
    }
  }

  @Test func aDoorAtATakenPlaceIsToldByNameAtTheStartAndAtAReload() async throws {
    func door(_ place: String) -> String { "[[door]]\nname = \"taken\"\nlisten = \"http:\(place)\"\n" }
    try await DaemonScene.with(DaemonScene.echo) { scene in
      let place = scene.folder + "/taken.sock"
      let listener = try ListeningSocket(path: place, permissions: 0o600)
      let words = ["door taken: http:\(place): ", "; that is door.taken.listen in the configuration)"]
      scene.configure(DaemonScene.echo + "\n" + door(place))
      let command = String(try DaemonScene.program.dropLast())
      let reload = try ProcessRun([command, "reload", "--socket", scene.folder + "/admin.sock"]).finish()
      #expect(reload.code == 7 && words.allSatisfy(reload.output.contains), "\(reload)")
      // Nothing of it holds.
      let channel = try scene.channel()
      #expect(try await channel.request("echo", JSONText(integer: 1), timeout: .seconds(20)) == JSONText(integer: 1))
      await channel.close()
      try withScratchDirectory { folder in
        let start = try Self.run(door(place), in: folder)
        #expect(start.code == 7 && words.allSatisfy(start.output.contains), "\(start)")
      }
      withExtendedLifetime(listener) {}
    }
  }

  /// In lines as editors understand them, from the first on.
  @Test func whatIsWrongAtAReloadIsToldByNameAndPlace() async throws {
    try await DaemonScene.with(DaemonScene.echo) { scene in
      let command = String(try DaemonScene.program.dropLast())
      func reload() throws -> (code: Int32, output: String) {
        try ProcessRun([command, "reload", "--socket", scene.folder + "/admin.sock"]).finish()
      }
      let bridge = "[[bridge]]\nname = \"far\"\nside = \"frontend\"\nconnect = \"tls:example.org:7000\"\n"
      scene.write(bridge + "ca = \"noca.pem\"\n")
      let missing = try reload()
      let begin = "\(scene.configuration):5:6: ca of bridge far: \(scene.folder)/noca.pem: "
      #expect(missing.code == 2 && missing.output.hasPrefix(begin), "\(missing)")
      scene.write("[log]\nlevle = \"info\"\n")
      let wrong = try reload()
      #expect(wrong.code == 2 && wrong.output.hasPrefix("\(scene.configuration):2:1: "), "\(wrong)")
      // What a handler lacks keeps nothing from being taken over.
      scene.configure("[[handler]]\nname = \"lost\"\nrun = [\"nosuchprog-here\"]\nmethods = [\"x\"]\n")
      let lacking = try reload()
      let told = lacking.output.contains("waits to be mended: \(scene.configuration):")
      #expect(lacking.code == 0 && told && lacking.output.contains("handlers added: lost\n"), "\(lacking)")
    }
  }

  /// As a supervisor does whose daemon was killed.
  @Test func beginsRightAfterItsPredecessorWasKilled() async throws {
    try await DaemonScene.with(DaemonScene.echo) { scene in
      for _ in 0..<10 {
        let pid = scene.pid
        scene.signal(SIGKILL)
        try scene.start()
        #expect(scene.pid != pid)
      }
    }
  }
}
