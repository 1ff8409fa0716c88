import ChannelMessages
import Glibc
import TestSupport
import Testing

/// The method, or the event's name, of a printed message.
private func payload(_ line: String?) -> String? {
  guard let line, let start = line.range(of: "\"payload\":") else { return nil }
  return String(line[start.upperBound...].dropLast())
}

@Suite("Two programs", .timeLimit(.minutes(1))) struct MeetingTests {
  @Test func askAndAnswer() throws {
    try CommandScene.with { scene in
      let responder = try scene.start(
        "respond",
        scene.channel,
        "-m",
        "e*",
        "-m",
        "who",
        "--",
        "sh",
        "-c",
        #"case $TRANSOM_METHOD in who) echo "$TRANSOM_ID";; eline) read -r line && echo "$line";; exit) echo no >&2; exit 3;; empty) ;; *) cat;; esac"#
      )
      #expect(
        responder.line()
          == "transom: answering as backend requests for e*, who of the frontend through \(scene.channel)"
      )
      let echoed = try scene.run("request", scene.channel, "echo", "[1, 2]")
      #expect(echoed.code == 0 && echoed.output == "[1,2]\n" && echoed.errors.isEmpty, "\(echoed)")
      #expect(try scene.run("request", scene.channel, "echo", "-", input: "\"in\"").output == "\"in\"\n")
      #expect(try scene.run("request", scene.channel, "eline", "[1,\n2]").output == "[1,2]\n")
      #expect(try scene.run("request", scene.channel, "empty").output == "null\n")
      // Text that is no JSON is a string, without the line feed at its end.
      #expect(try scene.run("request", scene.channel, "who").output.count == 39)
      let failed = try scene.run("request", scene.channel, "exit")
      #expect(failed.code == 1 && failed.output.isEmpty)
      #expect(failed.errors.hasPrefix("transom: \(scene.channel): no ("))
      #expect(try scene.run("request", scene.channel, "other", "-t", "20ms").code == 3)
      kill(responder.pid, SIGTERM)
      #expect(responder.wait() == 143)
    }
  }

  @Test func goOnInTheChannelThatReplacesTheirs() throws {
    try CommandScene.with { scene in
      let responder = try scene.start("respond", scene.channel, "--", "cat")
      #expect(responder.line()?.contains("answering") == true)
      #expect(RawFiles.rename(scene.channel, to: scene.folder + "/aside"))
      #expect(try scene.run("init", scene.channel).code == 0)
      #expect(try scene.run("request", scene.channel, "m", "5").output == "5\n")
      withExtendedLifetime(responder) {}
    }
  }

  @Test func passMuchWithoutWaitingForEachOther() throws {
    try CommandScene.with { scene in
      let responder = try scene.start(
        "respond",
        scene.channel,
        "-q",
        "--",
        "sh",
        "-c",
        "case $TRANSOM_METHOD in cat) cat;; esac"
      )
      let much = "\"" + String(repeating: "x", count: 3_000_000) + "\""
      RawFiles.write(much, to: scene.folder + "/much")
      #expect(
        try scene.run("request", scene.channel, "cat", "@\(scene.folder)/much", "-t", "30s").output == much + "\n"
      )
      // One that reads nothing of it is no worse.
      #expect(
        try scene.run("request", scene.channel, "ignore", "@\(scene.folder)/much", "-t", "30s").output == "null\n"
      )
      withExtendedLifetime(responder) {}
    }
  }

  @Test func refuseAnAnswerWithoutEnd() throws {
    try CommandScene.with { scene in
      let responder = try scene.start("respond", scene.channel, "-q", "--", "cat", "/dev/zero")
      let outcome = try scene.run("request", scene.channel, "m", "-t", "30s")
      #expect(outcome.code == 1 && outcome.errors.contains("printed more than 64.0 MiB"), "\(outcome)")
      withExtendedLifetime(responder) {}
    }
  }

  /// So many commands run at once as were allowed, and no more: each says that it began, and waits to be let go.
  @Test func answerSoManyAtOnce() throws {
    try CommandScene.with { scene in
      let methods = ["a", "b", "c"]
      for method in methods { RawFiles.makeFIFO("\(scene.folder)/\(method)") }
      let command = "echo begun $TRANSOM_METHOD >&2; read line <'\(scene.folder)'/$TRANSOM_METHOD; echo done >&2"
      let responder = try scene.start("respond", scene.channel, "-j", "2", "--", "sh", "-c", command)
      #expect(responder.line()?.contains("answering") == true)
      let callers = try methods.map { try scene.start("request", scene.channel, $0, "-t", "30s", "-q") }
      let begun = [responder.line(), responder.line()].map { $0.map { String($0.suffix(1)) } ?? "" }
      #expect(Set(begun).count == 2 && begun.allSatisfy(methods.contains))
      let third = try #require(methods.first { !begun.contains($0) })
      RawFiles.write("go\n", to: "\(scene.folder)/\(begun[0])")
      #expect(responder.line() == "done", "the third begins when one is done")
      #expect(responder.line() == "begun \(third)")
      for method in [begun[1], third] { RawFiles.write("go\n", to: "\(scene.folder)/\(method)") }
      for caller in callers { #expect(caller.finish().output == "null\n") }
      withExtendedLifetime(responder) {}
    }
  }

  @Test func anEndingResponderEndsItsCommandsAndSaysSo() throws {
    try CommandScene.with { scene in
      let life = scene.folder + "/life"
      RawFiles.makeFIFO(life)
      // Ends when nobody holds the other end any more: neither the command nor what it started.
      let witness = try ProcessRun(["cat", life])
      let command = "exec 9>'\(life)'; echo alive >&9; sleep 600 | cat"
      let responder = try scene.start("respond", scene.channel, "-q", "--", "sh", "-c", command)
      let caller = try scene.start("request", scene.channel, "m", "-t", "30s")
      #expect(witness.line() == "alive")
      kill(responder.pid, SIGTERM)
      #expect(responder.wait() == 143)
      let answer = caller.finish()
      #expect(answer.code == 1 && answer.output.contains("was ended by signal 15"), "\(answer)")
      #expect(witness.finish().code == 0)
    }
  }

  @Test func tellAndListen() throws {
    try CommandScene.with { scene in
      let listener = try scene.start("listen", scene.channel, "--type", "event", "-m", "log*", "-n", "3")
      #expect(listener.line()?.hasPrefix("transom: listening as backend for what the frontend sends") == true)
      #expect(try scene.run("send", scene.channel, "-e", "other", "0").code == 0)
      let sent = try scene.run("send", scene.channel, "-e", "log", "--stdin", "--text", input: "one\n\nthr\"ee")
      #expect(sent.code == 0 && sent.lines.count == 3)
      let heard = (0..<3).map { _ in listener.line() ?? "" }
      #expect(heard.map(payload) == [#""one""#, #""""#, #""thr\"ee""#])
      for (line, id) in zip(heard, sent.lines) { #expect(line.hasPrefix("{\"id\":\"\(id)\",\"timestamp\":")) }
      #expect(listener.wait() == 0)
    }
  }

  @Test func sendLinesInTheirOrderUntilOneIsNoJSON() throws {
    try CommandScene.with { scene in
      let numbers = (1...2_000).map { "\($0)" }
      let input = numbers.joined(separator: "\n") + "\n\n{\"a\":\n3\n"
      let sent = try scene.run("send", scene.channel, "-e", "n", "--stdin", "--json", input: input)
      #expect(sent.code == 2)
      #expect(sent.errors.hasPrefix("transom: line 2002 of the standard input is no JSON: "), "\(sent.errors)")
      #expect(sent.lines.count == 2_000)
      let heard = try scene.run("listen", scene.channel, "--from", "start", "-n", "2000", "-q")
      #expect(heard.lines.map(payload) == numbers)
    }
  }

  @Test func repeatAndReadFilesAndText() throws {
    try CommandScene.with { scene in
      RawFiles.write("{\n  \"from\": \"file\"\n}\n", to: scene.folder + "/file")
      #expect(try scene.run("send", scene.channel, "-e", "x", "-n", "300").lines.count == 300)
      #expect(try scene.run("send", scene.channel, "-e", "x", "@\(scene.folder)/file", "-q").output.isEmpty)
      #expect(try scene.run("send", scene.channel, "-e", "x", "--text", "plain").code == 0)
      let heard = try scene.run("listen", scene.channel, "--from", "start", "-w", "50ms", "-q")
      #expect(heard.code == 0)
      #expect(heard.lines.count == 302)
      #expect(heard.lines.suffix(2).map(payload) == [#"{"from":"file"}"#, #""plain""#])
    }
  }
}

extension String {
  fileprivate func range(of text: String) -> Range<Index>? {
    indices.first { self[$0...].hasPrefix(text) }.map { $0..<index($0, offsetBy: text.count) }
  }
}
