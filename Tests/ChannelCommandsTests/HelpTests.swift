import ChannelCommands
import TestSupport
import Testing

@Suite("Help") struct HelpTests {
  /// A fixture is made anew by `transom VERB --help > fixtures/commands/VERB.txt`.
  @Test(arguments: CommandTable.standard.verbs) func isTheTextOfTheFixture(_ verb: Verb) throws {
    let expected = String(decoding: try Fixture.bytes("commands/\(verb.name.rawValue).txt"), as: UTF8.self)
    #expect(HelpText().of(verb) == expected)
  }

  @Test func ofTheWholeIsTheTextOfTheFixture() throws {
    #expect(HelpText().whole() == String(decoding: try Fixture.bytes("commands/transom.txt"), as: UTF8.self))
  }

  @Test(arguments: CommandTable.standard.verbs) func beginsWithExamplesAndFitsTheTerminal(_ verb: Verb) {
    for width in [40, 50, 80, 100] {
      let text = HelpText(width: width).of(verb)
      #expect(text.hasPrefix("Examples:\n  "))
      #expect(text.contains("\nUsage: transom \(verb.name.rawValue)"))
      for option in verb.options { #expect(text.contains(option.long)) }
      let described = text.split(separator: "\n", omittingEmptySubsequences: false).drop { !$0.hasPrefix("Usage:") }
        .dropFirst()
      // The words of a choice stand together, however few columns there are.
      for line in described where !line.contains("|") {
        #expect(line.count <= width && line.last != " ", "\(line)")
      }
    }
  }

  @Test(arguments: CommandTable.standard.verbs) func isTheSameTextInColour(_ verb: Verb) {
    var plain = ""
    var isEscape = false
    for character in HelpText(style: Style(isColoured: true)).of(verb) {
      if character == "\u{1B}" { isEscape = true }
      if !isEscape { plain.append(character) }
      if character == "m" { isEscape = false }
    }
    #expect(plain == HelpText().of(verb))
  }
}

@Suite("Manual pages") struct ManPageTests {
  @Test(arguments: CommandTable.standard.verbs) func areGoodRoff(_ verb: Verb) throws {
    let page = ManPage().of(verb)
    #expect(page.contains(".TH TRANSOM\\-\(verb.name.rawValue.uppercased()) 1 "))
    for line in page.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
      let macros = [".\\\"", ".TH", ".SH", ".PP", ".RS", ".RE", ".nf", ".fi", ".TP", ".B ", ".BR", ".I "]
      #expect(macros.contains { line.hasPrefix($0) }, "\(line)")
    }
    try expectNoComplaint(page)
  }

  @Test func ofTheWholeIsGoodRoff() throws {
    let page = ManPage().whole()
    for verb in CommandTable.standard.verbs { #expect(page.contains(".BR transom\\-\(verb.name.rawValue) (1)")) }
    try expectNoComplaint(page)
  }

  @Test func keepTextAsItIs() {
    let page = ManPage().of(
      Verb(.send, "say \\ and -x", examples: [.init(".dot 'quote' \"double\"", "begins with a dot")], notes: ["'a…"])
    )
    #expect(page.contains("say \\e and \\-x"))
    #expect(page.contains("\n\\&.dot \\(aqquote\\(aq \\(dqdouble\\(dq\n"))
    #expect(page.contains("\n\\(aqa\\[u2026]\n"))
  }

  /// groff reads it without a warning, where there is a groff.
  private func expectNoComplaint(_ page: String) throws {
    try withScratchDirectory { folder in
      RawFiles.write(page, to: folder + "/page")
      guard try ProcessRun.run("sh", "-c", "command -v groff").code == 0 else { return }
      let result = try ProcessRun.run("sh", "-c", "groff -man -ww -Tutf8 -z '\(folder)/page'")
      #expect(result.code == 0 && result.output.isEmpty, "\(result.output)")
    }
  }
}

@Suite("Completions") struct CompletionTests {
  /// What bash offers behind these words.
  private func offered(_ words: String...) throws -> [String] {
    try withScratchDirectory { folder in
      RawFiles.write(Completion().script(for: .bash), to: folder + "/completion")
      RawFiles.write("{}", to: folder + "/file.json")
      let quoted = (["transom"] + words).map { "'\($0)'" }.joined(separator: " ")
      let script = """
        cd '\(folder)'; mkdir sub; source ./completion
        COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count); _transom 2>/dev/null; printf '%s\\n' "${COMPREPLY[@]}"
        """
      return try ProcessRun.run("bash", "--norc", "-c", script).output.split(separator: "\n").map(String.init)
    }
  }

  @Test func ofBashKnowTheTable() throws {
    #expect(try offered("") == CommandTable.standard.verbs.map(\.name.rawValue))
    #expect(try offered("re") == ["request", "respond", "reader", "reload"])
    #expect(try offered("send", "--e") == ["--event"])
    #expect(try offered("listen", "--from", "") == ["start", "new"])
    #expect(try offered("listen", "--from", "=", "n") == ["new"])
    #expect(try offered("listen", "--from", "=") == ["start", "new"])
    #expect(try offered("listen", "--from", "=", "new", "") == ["sub"])
    #expect(try offered("listen", "d", "-n", "") == [])
    #expect(try offered("reader", "") == ["list", "drop", "reset"])
    #expect(try offered("listen", "") == ["sub"])
    #expect(try offered("listen", "--reader", "x", "") == ["sub"])
    #expect(try offered("send", "sub", "@f") == ["@file.json"])
    #expect(try offered("--color", "a") == ["auto", "always"])
    #expect(try offered("--color", "never", "ins") == ["inspect"])
    #expect(try offered("respond", "d", "--", "./f") == ["./file.json"])
    #expect(try offered("watch", "d", "--exec", "./f") == ["./file.json"])
    #expect(try offered("watch", "d", "--exec", "x", "--as", "./f") == ["./file.json"])
    #expect(try offered("watch", "--as", "b") == ["backend"])
    #expect(try offered("completions", "") == ["bash", "zsh", "fish"])
  }

  @Test(arguments: Completion.Shell.allCases) func nameEveryOptionOfEveryVerb(_ shell: Completion.Shell) {
    let script = Completion().script(for: shell)
    for verb in CommandTable.standard.verbs {
      #expect(script.contains(verb.name.rawValue))
      for option in verb.options {
        #expect(script.contains(shell == .fish ? "-l \(option.name.rawValue)" : option.long))
      }
    }
  }

  /// Each shell that is there finds no fault with its script.
  @Test(arguments: Completion.Shell.allCases) func areGoodScripts(_ shell: Completion.Shell) throws {
    try withScratchDirectory { folder in
      RawFiles.write(Completion().script(for: shell), to: folder + "/completion")
      guard try ProcessRun.run("sh", "-c", "command -v \(shell.rawValue)").code == 0 else { return }
      let result = try ProcessRun.run(shell.rawValue, "-n", folder + "/completion")
      #expect(result.code == 0 && result.output.isEmpty, "\(result.output)")
    }
  }
}
