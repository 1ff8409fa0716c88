import ChannelMessages
import Glibc
import TestSupport
import Testing

@Suite("The doctor and inspection", .timeLimit(.minutes(1))) struct DoctorTests {
  /// What is said of the channel besides what is good; machines differ.
  private func findings(in scene: CommandScene) throws -> [String] {
    let outcome = try scene.run("doctor", scene.channel, "--json")
    #expect([0, 5, 6, 7].contains(outcome.code))
    for line in outcome.lines { _ = try JSONText(validating: Array(line.utf8)) }
    return outcome.lines.filter {
      $0.contains("\"about\":\"\(scene.channel)\"") && !$0.hasPrefix(#"{"severity":"ok""#)
        && !$0.hasPrefix(#"{"severity":"note""#)
    }
  }

  @Test func findNothingWrongWithANewChannel() throws {
    try CommandScene.with { scene in
      let found = try findings(in: scene)
      // Whether a container's file system tells of every writer is the machine's matter.
      #expect(found.allSatisfy { $0.contains(#""subject":"file system""#) }, "\(found)")
      let machine = try scene.run("doctor")
      #expect([0, 7].contains(machine.code))
      #expect(machine.output.hasPrefix("this machine\n  ") && machine.output.contains("inotify watches: "))
      #expect(!machine.output.contains("file system"))
      let notes = machine.lines.count { $0.hasPrefix("  note ") }
      let verdict = notes == 0 ? "all is well" : "nothing to put right, \(notes) note\(notes == 1 ? "" : "s")"
      #expect((machine.code == 0) == machine.output.hasSuffix("\n\n\(verdict)\n"), "\(machine.output)")
    }
  }

  @Test func doNotCallAllWellWhatTheyHaveNotedDown() throws {
    try CommandScene.with { scene in
      RawFiles.remove(scene.channel + "/backend_to_frontend.json")
      let outcome = try scene.run("doctor", scene.channel)
      let notes = outcome.lines.count { $0.hasPrefix("  note ") }
      #expect(notes > 0)
      let last = outcome.lines.last ?? ""
      let counted = "\(notes) note\(notes == 1 ? "" : "s")"
      #expect(last.hasSuffix(counted) && (outcome.code != 0 || last == "nothing to put right, \(counted)"), "\(last)")
    }
  }

  @Test func changeNothing() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "x", "-q").code == 0)
      let listing = "find \"$channel\" -printf '%p %i %s %m %C@\\n' | sort"
      let before = try scene.shell(listing).output
      _ = try scene.run("doctor", scene.channel)
      _ = try scene.run("inspect", scene.channel)
      #expect(try scene.shell(listing).output == before)
    }
  }

  @Test(arguments: [
    "staging", "key", "frontend_to_backend", "frontend_to_backend/journal", "frontend_to_backend/journal/lock",
    "frontend_to_backend/ids", "frontend_to_backend/projected", "frontend_to_backend/project.lock",
    "frontend_to_backend/readers", "frontend_to_backend/readers/w", "frontend_to_backend/quarantine",
  ])
  func findWhateverIsInASendersWay(_ name: String) throws {
    try CommandScene.with { scene in
      let path = "\(scene.channel)/.transom/\(name)"
      #expect(try scene.shell("rm -rf '\(path)'; mkfifo '\(path)'").code == 0)
      let found = try findings(in: scene).filter { !$0.contains(#""subject":"file system""#) }
      #expect(found.count == 1 && found[0].contains("\(path): "), "\(found)")
      #expect(found.first?.hasSuffix(": \(path)\"}") == true, "its fix names it: \(found)")
    }
  }

  @Test func findRightsThatASenderLacks() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "x", "-q").code == 0)
      // Rights mean nothing to root, unless it gives that up.
      let bounds = geteuid() == 0 ? "setpriv --bounding-set=-dac_override,-dac_read_search " : ""
      for (name, rights, fix) in [
        ("project.lock", 0o400, "u+rw"), ("journal/00000000000000000001.seg", 0o400, "u+rw"),
        ("journal", 0o500, "u+rwx"),
      ] as [(String, UInt32, String)] {
        let path = "\(scene.channel)/.transom/frontend_to_backend/\(name)"
        RawFiles.setPermissions(path, to: rights)
        let outcome = try scene.shell("\(bounds)'\(try CommandScene.program)' doctor \"$channel\"")
        #expect(outcome.code == 7 && outcome.output.contains("\(path): user \(geteuid()) cannot use it to send: "))
        #expect(outcome.output.contains("fix: chmod \(fix) \(path)\n"), "\(outcome.output)")
        RawFiles.setPermissions(path, to: 0o700)
      }
    }
  }

  @Test func findASecondNameOfWhatIsWritten() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "x", "-q").code == 0)
      let journal = scene.channel + "/.transom/frontend_to_backend/journal/"
      for name in ["lock", "00000000000000000001.seg"] {
        RawFiles.link(journal + name, to: scene.folder + "/" + name)
        let found = try findings(in: scene)
        #expect(found.contains { $0.contains("\(journal)\(name): has 1 other name (hard links)") }, "\(found)")
        RawFiles.remove(scene.folder + "/" + name)
      }
    }
  }

  @Test func noteWhatIsMadeAnew() throws {
    try CommandScene.with { scene in
      for name in ["staging", "frontend_to_backend/quarantine", "frontend_to_backend/journal/lock"] {
        let path = "\(scene.channel)/.transom/\(name)"
        #expect(try scene.shell("rm -r '\(path)'").code == 0)
        let outcome = try scene.run("doctor", scene.channel, "--json")
        let note = #"{"severity":"note","about":"\#(scene.channel)","subject":"files","what":"\#(path) is missing"#
        #expect(outcome.lines.contains { $0.hasPrefix(note) } && !outcome.output.contains(#""problem""#), "\(outcome)")
        #expect(try scene.run("send", scene.channel, "-e", "x").code == 0)
        #expect(try !scene.run("doctor", scene.channel).output.contains("is missing"))
      }
    }
  }

  @Test func sayWhatIsWrongWithAWindow() throws {
    try CommandScene.with { scene in
      let window = scene.channel + "/backend_to_frontend.json"
      RawFiles.write(#"[{"id":"a","timestamp":1,"type":"event","method":"x","payload":1e999}]"#, to: window)
      let found = try findings(in: scene)
      #expect(found.contains { $0.contains("a number outside a double's range (byte 63)") }, "\(found)")
      #expect(try scene.run("doctor", scene.channel).code == 6)
      let text = try scene.run("inspect", scene.channel)
      #expect(text.code == 0)
      #expect(text.output.contains("1.0 programs cannot read it: a number outside a double's range (byte 63)"))
      RawFiles.write(#"[{"id":"a""#, to: window)
      let torn = try scene.run("inspect", scene.channel, "--json")
      let fault = #""readable":false,"fault":{"offset":10,"reason":"the text ends in the middle of a value"}"#
      #expect(torn.output.contains(fault), "\(torn.output)")
      RawFiles.remove(window)
      RawFiles.makeFIFO(window)
      #expect(try scene.run("inspect", scene.channel).output.contains("it is a FIFO where a regular file belongs"))
      #expect(try findings(in: scene).contains { $0.contains("a FIFO where a regular file belongs") })
    }
  }

  @Test func judgeALock() throws {
    try CommandScene.with { scene in
      let lock = scene.channel + "/backend_to_frontend.lock"
      RawFiles.write("4711\n", to: lock)
      let held = try scene.run("inspect", scene.channel)
      #expect(held.output.contains("  1.0 lock      held by process 4711, a 1.0 program, touched "), "\(held.output)")
      RawFiles.makeOld(lock)
      #expect(try scene.run("inspect", scene.channel).output.contains("left by process 4711, a 1.0 program"))
      #expect(try findings(in: scene).contains { $0.contains("\"fix\":\"rm \(lock)\"") })
      #expect(try scene.shell("touch -d '+1 hour' '\(lock)'").code == 0)
      let future = try findings(in: scene)
      #expect(future.contains { $0.contains("to 1.0 programs it never gets old") }, "\(future)")
      let json = try scene.run("inspect", scene.channel, "--json").output
      #expect(json.contains(#""window_lock":{"verdict":"held-from-future","made_by":"1.0","process":4711,"#))
      RawFiles.remove(lock)
      RawFiles.makeDirectory(lock)
      #expect(try findings(in: scene).contains { $0.contains("something else in its place") })
    }
  }

  @Test func findWhatWasLeftBehind() throws {
    try CommandScene.with { scene in
      RawFiles.makeDirectory(scene.folder + "/.channel.1f")
      RawFiles.makeOld(scene.folder + "/.channel.1f")
      RawFiles.makeDirectory(scene.folder + "/.channel.other")
      RawFiles.write("[", to: scene.channel + "/backend_to_frontend.tmp")
      RawFiles.makeOld(scene.channel + "/backend_to_frontend.tmp")
      let output = try scene.run("doctor", scene.channel).output
      #expect(output.contains("fix: rm -r \(scene.folder)/.channel.1f\n"), "\(output)")
      #expect(output.contains("fix: rm \(scene.channel)/backend_to_frontend.tmp\n"), "\(output)")
    }
  }

  @Test func goOnWhereTransomsPartIsMissingOrDamaged() throws {
    try CommandScene.with { scene in
      let old = scene.folder + "/old"
      RawFiles.makeDirectory(old)
      RawFiles.write("[]", to: old + "/backend_to_frontend.json")
      let outcome = try scene.run("doctor", old)
      #expect(outcome.output.contains("only 1.0 programs have used this channel"), "\(outcome)")
      #expect(try scene.shell("ls -A old").output == "backend_to_frontend.json\n")
      RawFiles.write("TSMKEY\u{2}\u{0}" + String(repeating: "x", count: 52), to: scene.channel + "/.transom/key")
      let damaged = try scene.run("doctor", scene.channel)
      #expect(damaged.code == 6 && damaged.output.contains("/.transom/key: "), "\(damaged)")
      for nowhere in ["nowhere", "."] {
        let missing = try scene.shell("transom doctor \(nowhere)")
        #expect(missing.code == 4 && missing.output.contains("there is no channel here"), "\(missing)")
      }
      RawFiles.write("", to: scene.folder + "/file")
      #expect(try scene.run("doctor", scene.folder + "/file").code == 7)
    }
  }

  @Test func tellAProgramThatWritesInPlaceFromOneThatReplaces() throws {
    try CommandScene.with { scene in
      let window = scene.channel + "/frontend_to_backend.json"
      let foreign = #"[{"id":"a","timestamp":1,"type":"event","method":"old","payload":1}]"#
      #expect(try scene.run("send", scene.channel, "-e", "x", "-q").code == 0)
      RawFiles.write(foreign, to: window)
      #expect(try findings(in: scene).contains { $0.contains("written into the file that Transom had published") })
      let json = try scene.run("inspect", scene.channel, "--json").output
      #expect(json.contains(#""written_by":"other-in-place","readable":true}"#), "\(json)")
      // Whoever reads the channel takes in what the other wrote, and puts back what it has left out.
      #expect(try scene.run("send", scene.channel, "-e", "y", "-q").code == 0)
      let mended = RawFiles.read(window) ?? ""
      for name in ["old", "x", "y"] { #expect(mended.contains("\"method\":\"\(name)\""), "\(mended)") }
      RawFiles.replace(window, with: foreign)
      let found = try findings(in: scene)
      #expect(!found.contains { $0.contains("frontend_to_backend.json") }, "\(found)")
    }
  }

  @Test func nameWhoKeepsALock() throws {
    try CommandScene.with { scene in
      let lock = scene.channel + "/.transom/frontend_to_backend/journal/lock"
      let holder = try ProcessRun(["flock", "--no-fork", "-x", lock, "sh", "-c", "echo held; exec sleep 600"])
      #expect(holder.line() == "held")
      let found = try findings(in: scene)
      #expect(found.contains { $0.contains("process \(holder.pid) keeps \(lock)") }, "\(found)")
    }
  }
}
