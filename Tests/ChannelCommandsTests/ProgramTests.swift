import ChannelMessages
import Glibc
import TestSupport
import Testing

@Suite("The program", .timeLimit(.minutes(1))) struct ProgramTests {
  @Test func givesHelpOnTheRightStream() throws {
    try CommandScene.with { scene in
      let help = try scene.run("--help")
      #expect(help.code == 0 && help.output.hasPrefix("Examples:") && help.errors.isEmpty)
      let nothing = try scene.run([])
      #expect(nothing.code == 2 && nothing.output.isEmpty && nothing.errors.hasPrefix("Usage: transom VERB"))
      #expect(try scene.run("--version").output.hasPrefix("transom "))
      #expect(try scene.run("man", "send").output.hasPrefix(".\\\" Made by transom man."))
    }
  }

  @Test(arguments: [
    (["init", "unix:u.sock"], "unix:u.sock is an address, and DIR is a directory"),
    (["inspect", "tcp:a:1"], "is an address"), (["doctor", "unix:@a"], "is an address"),
    (["watch", "http://a:1"], "http://a:1 is an address, and ROOT is a directory"),
    (["bridge", "unix:a", "d"], "unix:a is an address, and DIR is a directory"),
    (["send", "http://127.0.0.1:80/", "-e", "x", "1"], "is a door to HTTP"),
    (["request", "https://a:1", "m"], "ws://HOST:PORT/channels/NAME/socket"),
  ])
  func refusesAnAddressWhereItMeansNothing(words: [String], why: String) throws {
    try CommandScene.with { scene in
      let refused = try scene.run(words)
      #expect(refused.code == 2 && refused.errors.contains(why), "\(refused)")
    }
  }

  @Test func saysWhatKeepsAChannelFromBeingMade() throws {
    try CommandScene.with { scene in
      // Nobody makes directories there.
      let refused = try scene.run("init", "/sys/channel")
      #expect(refused.code == 7 && refused.errors.contains("cannot be made"), "\(refused)")
      #expect(try scene.run("init", scene.folder + "/missing/channel").code == 4)
    }
  }

  @Test func saysMistakesOnOneLineAndEndsWithTwo() throws {
    try CommandScene.with { scene in
      for words in [
        ["lisen"], ["send", scene.channel], ["request", scene.channel, "m", "{a}"],
        ["request", scene.channel, "m", "@/nowhere"], ["listen", scene.channel, "--reader", "a", "--group", "b"],
        ["listen", scene.channel, "--reader", "../x"], ["send", scene.channel, "-e", "x", "--visibility", "1"],
        ["send", scene.channel, "-e", "x", "--durability", "window"],
        ["respond", scene.channel, "--", "no-such-program"],
        ["send", scene.channel, "-e", "x", "--stdin", "1"], ["reader", "drop", scene.channel, "no/body"],
        ["reader", "drop", scene.channel], ["reader", "reset", scene.channel, "w"],
        ["send", scene.channel, "-e", "x", "[1e999]"], ["send", scene.channel, "-e", "x", ""],
        ["request", scene.channel, "m", ""], ["request", scene.channel, ""], ["send", scene.channel, "-e", ""],
      ] {
        let outcome = try scene.run(words)
        #expect(outcome.code == 2, "\(words)")
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("transom: ") && outcome.errors.hasSuffix(")\n"), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      }
    }
  }

  @Test func endsWithTheStatusOfWhatWentWrong() throws {
    try CommandScene.with { scene in
      let missing = try scene.run("send", scene.folder + "/nowhere", "-e", "x")
      #expect(missing.code == 4)
      #expect(missing.errors.contains("there is no channel here"))
      let late = try scene.run("request", scene.channel, "m", "-t", "10ms")
      #expect(late.code == 3)
      #expect(late.errors.contains("no answer to \"m\" within 10 ms; the request is in the journal as message 1; "))
      #expect(late.errors.contains(" (you are the frontend: "))
      for words in [["drop"], ["drop", "--as", "backend"], ["reset", "--from", "new"]] {
        let unknown = try scene.run(["reader", words[0], scene.channel, "nobody"] + words.dropFirst())
        #expect(unknown.code == 4 && unknown.errors.contains("(see "), "\(unknown)")
      }
      #expect(try scene.run("listen", scene.channel, "-n", "1", "-w", "10ms").code == 3)
      #expect(try scene.run("listen", scene.channel, "-w", "10ms").code == 0)
      let full = try scene.shell("transom --help >/dev/full")
      #expect(full.code == 7 && full.output.contains("No space left on device"))
      let hidden = scene.channel + "/.transom"
      RawFiles.write("TSMKEY\u{2}\u{0}" + String(repeating: "x", count: 52), to: hidden + "/key")
      #expect(try scene.run("inspect", scene.channel).code == 6)
      #expect(RawFiles.rename(hidden, to: scene.folder + "/aside"))
      RawFiles.makeSymlink(hidden, to: scene.folder + "/aside")
      #expect(try scene.run("inspect", scene.channel).code == 7)
    }
  }

  @Test func knowsAForgottenDirectoryByWhatStandsInItsPlace() throws {
    try CommandScene.with { scene in
      for (words, usage) in [
        (["send", #"{"a":1}"#, "-e", "x"], "send DIR"), (["send", "{a:1}", "-e", "x"], "send DIR"),
        (["send", "event", "-e", "x"], "send DIR"),
        (["send", String(repeating: "[", count: 5_000), "-e", "x"], "send DIR"),
        (["request", "getUser", #"{"id":7}"#], "request DIR METHOD"),
        (["respond", "request", "--", "cat"], "respond DIR"),
      ] {
        let outcome = try scene.run(words)
        #expect(outcome.errors.contains("(DIR comes first: transom \(usage) "), "\(outcome)")
      }
      let mistyped = try scene.run("request", scene.folder + "/chanel", "getUser", #"{"id":7}"#)
      #expect(mistyped.code == 4 && mistyped.errors.contains("or look at the path)"), "\(mistyped)")
    }
  }

  @Test func namesTheChannelAlikeHoweverItIsWritten() throws {
    try CommandScene.with { scene in
      for words in [
        "request ./channel/ m -t 10ms", "listen none/ -w 1ms", "inspect none", "reader list ./none", "doctor none//",
        "reader drop channel x", "watch none", "clear none",
      ] {
        let outcome = try scene.shell("transom \(words) 2>&1")
        let name = words.contains("none") ? "none" : "channel"
        #expect(outcome.output.hasPrefix("transom: \(scene.folder)/\(name): "), "\(outcome)")
      }
      let late = try scene.run("request", scene.channel + "//", "m", "-t", "10ms")
      #expect(late.errors.hasPrefix("transom: \(scene.channel): no answer"), "\(late)")
      #expect(try scene.run("inspect", scene.channel + "/").output.hasPrefix(scene.channel + "\n"))
      #expect(try scene.run("doctor", scene.channel + "/").output.contains("\n\(scene.channel)\n"))
    }
  }

  @Test func writesNothingIntoAChannelInsteadOfAClosedOutput() throws {
    try CommandScene.with { scene in
      for words in ["send \"$channel\" -e x", "listen \"$channel\" --from start -w 10ms -q", "inspect \"$channel\""] {
        let outcome = try scene.shell("transom \(words) 2>&1 >&-")
        let told = "transom: standard output: cannot be written: Bad file descriptor ("
        #expect(outcome.code == 7 && outcome.output.contains(told), "\(outcome)")
      }
      let left = try scene.run("listen", scene.channel, "--from", "start", "-w", "10ms", "-q")
      #expect(left.lines.count == 1)
    }
  }

  @Test func showsToOldProgramsWhatItSendsAndEmptiesTheirWindows() throws {
    try CommandScene.with { scene in
      let window = scene.channel + "/frontend_to_backend.json"
      for words in [[], ["--visibility", "1h"], ["--durability", "power"], ["--durability", "power-window"]] {
        #expect(try scene.run(["send", scene.channel, "-e", "shown", "-q"] + words).code == 0)
      }
      let shown = RawFiles.read(window) ?? ""
      #expect(shown.split(separator: "\"shown\"").count == 5, "\(shown)")
      let state = try scene.run("inspect", scene.channel).output
      #expect(state.contains("  window        4 messages, ") && state.contains(" ago by Transom\n"), "\(state)")
      #expect(state.contains("1.0 programs can read it, and it shows all that was sent"))
      let cleared = try scene.run("clear", scene.channel)
      #expect(cleared.code == 0 && cleared.output.isEmpty)
      #expect(cleared.errors.contains("emptied frontend_to_backend.json (4 messages, "), "\(cleared.errors)")
      #expect(RawFiles.read(window) == "[]")
      let again = try scene.run("clear", scene.channel, "--json")
      let empty = [#"{"name":"backend_to_frontend","held":0}"#, #"{"name":"frontend_to_backend","held":0}"#]
      #expect(again.lines == empty)
      // Only what 1.0 programs see is gone.
      let left = try scene.run("listen", scene.channel, "--reader", "w", "-n", "4", "-w", "10s", "-q")
      #expect(left.code == 0 && left.lines.count == 4)
      let foreign = #"[{"id":"a","timestamp":1,"type":"event","method":"old","payload":1}]"#
      RawFiles.replace(window, with: foreign)
      #expect(try scene.run("inspect", scene.channel).output.contains("by another program"))
      #expect(try scene.run("clear", scene.channel, "-q").errors.isEmpty)
      #expect(RawFiles.read(window) == "[]")
      let old = try scene.run("listen", scene.channel, "--reader", "w", "-n", "1", "-w", "10s", "-q")
      #expect(old.output.contains(#""method":"old""#), "\(old)")
      #expect(try scene.run("clear", scene.folder + "/nowhere").code == 4)
    }
  }

  @Test func endsWithFiveWhileSomebodyHoldsALock() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "x").code == 0)
      let lock = scene.channel + "/.transom/frontend_to_backend/journal/lock"
      let holder = try ProcessRun(["flock", "--no-fork", "-x", lock, "sh", "-c", "echo held; exec sleep 600"])
      #expect(holder.line() == "held")
      let outcome = try scene.run("send", scene.channel, "-e", "x", "--lock-timeout", "20ms")
      #expect(outcome.code == 5)
      #expect(outcome.errors.contains("holds the journal's lock"))
    }
    try CommandScene.with { scene in
      let reader = try scene.start("listen", scene.channel, "--reader", "w")
      #expect(reader.line()?.contains("listening as backend under the name \"w\"") == true)
      let outcome = try scene.run("listen", scene.channel, "--reader", "w")
      #expect(outcome.code == 5)
      #expect(outcome.errors.contains("process \(reader.pid)"))
      #expect(try scene.run("reader", "drop", scene.channel, "w").code == 5)
    }
  }

  @Test(arguments: [["listen"], ["listen", "--reader", "w"], ["respond", "--", "cat"]])
  func endsWithFourWhenTheChannelIsTakenAway(_ words: [String]) throws {
    try CommandScene.with { scene in
      let run = try scene.start(words[0], scene.channel, words: Array(words.dropFirst()))
      #expect(run.line()?.contains(" as backend ") == true)
      #expect(RawFiles.rename(scene.channel, to: scene.folder + "/aside"))
      let outcome = run.finish()
      #expect(outcome.code == 4, "\(outcome)")
      #expect(outcome.output.hasPrefix("transom: \(scene.channel): "), "\(outcome)")
    }
  }

  @Test func saysForWhatItWaitsUntilItIsInterrupted() throws {
    try CommandScene.with { scene in
      let run = try scene.start("request", scene.channel, "m", "-t", "1m")
      #expect(run.line() == "transom: waiting as frontend for the backend's answer to \"m\"")
      kill(run.pid, SIGINT)
      let outcome = run.finish()
      #expect(outcome.code == 130 && outcome.output.isEmpty, "\(outcome)")
    }
  }

  @Test func isPlainInAPipeAndColouredOnATerminal() throws {
    try CommandScene.with { scene in
      let program = try CommandScene.program
      #expect(try scene.run("send", scene.channel, "-e", "x", #"{"a":[1]}"#).code == 0)
      func onTerminal(_ words: String, _ setting: String = "") throws -> String {
        let line = "env -u NO_COLOR \(setting) TERM=xterm '\(program)' \(words)"
        return try ProcessRun.run("script", "-qec", line, "/dev/null").output
      }
      let listen = "listen '\(scene.channel)' --from start -n 1"
      #expect(try onTerminal(listen).contains("\u{1B}[36m\"payload\"\u{1B}[0m:{\u{1B}[36m\"a\""))
      #expect(try !onTerminal(listen, "NO_COLOR=1").contains("\u{1B}"))
      #expect(try !onTerminal(listen + " --color never").contains("\u{1B}"))
      #expect(try onTerminal("lisen").contains("\u{1B}[1;31mtransom:\u{1B}[0m unknown verb"))
      #expect(try onTerminal("inspect '\(scene.channel)'").contains("\u{1B}[1mbackend to frontend\u{1B}[0m"))
      for words in [["listen", scene.channel, "--from", "start", "-n", "1"], ["inspect", scene.channel], ["lisen"]] {
        let outcome = try scene.run(words)
        #expect(!outcome.output.contains("\u{1B}") && !outcome.errors.contains("\u{1B}"))
      }
      #expect(try scene.run("inspect", scene.channel, "--color", "always").output.contains("\u{1B}[1m"))
    }
  }

  @Test func endsQuietlyWhenNobodyReadsOn() throws {
    try CommandScene.with { scene in
      let sent = try scene.run("send", scene.channel, "-e", "x", "-n", "5000", "-q")
      #expect(sent.code == 0)
      let line = "transom listen \"$channel\" --from start -q | head -1 | wc -l; echo ${PIPESTATUS[0]}"
      let outcome = try scene.shell(line, with: "bash")
      #expect(outcome.output == "1\n141\n")
    }
  }

  /// Nothing is sent: it is not the next line that tells them.
  @Test(arguments: [
    "listen \"$channel\"", "listen \"$channel\" --reader w", "watch \"$channel\"",
    "respond \"$channel\" --json -q -- cat",
    "watch \"$channel\" --json --exec cat",
  ])
  func endsAtOnceWhenNobodyReadsItsOutput(_ words: String) throws {
    try CommandScene.with { scene in
      let line = "timeout 30 '\(try CommandScene.program)' \(words) 2>errors | true; echo ${PIPESTATUS[0]}"
      #expect(try scene.shell(line, with: "bash").output == "141\n")
      #expect(RawFiles.read(scene.folder + "/errors")?.split(separator: "\n").count ?? 0 <= 1, "only its greeting")
      // And it has let go of what it held.
      let readers = try scene.run("reader", "list", scene.channel, "--json").output
      #expect(!readers.contains("process "), "\(readers)")
    }
  }

  @Test func isDoneWithItsLastLineWhoeverReadsOn() throws {
    try CommandScene.with { scene in
      #expect(try scene.run("send", scene.channel, "-e", "x").code == 0)
      let line = "transom listen \"$channel\" --from start -n 1 -q | head -1 >/dev/null; echo ${PIPESTATUS[0]}"
      for _ in 0..<10 {
        let outcome = try scene.shell(line, with: "bash")
        #expect(outcome.output == "0\n")
      }
    }
  }
}
