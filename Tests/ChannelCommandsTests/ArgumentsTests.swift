import ChannelCommands
import Testing

@Suite("Arguments") struct ArgumentsTests {
  private func run(_ words: String...) throws -> Invocation {
    guard case .run(let invocation) = try Arguments.parse(words) else {
      throw UsageError("\(words) asks for something else", hint: "")
    }
    return invocation
  }

  private func mistake(_ words: String...) -> String? {
    do throws(UsageError) {
      _ = try Arguments.parse(words)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ["-n", "3"], ["-n3"], ["--count", "3"], ["--count=3"], ["-qn", "3"], ["-qn3"], ["--count", "9", "-n", "3"],
  ])
  func takesAValueHoweverItIsWritten(_ words: [String]) throws {
    for line in [words + ["d", "-e", "x"], ["d", "-e", "x"] + words, ["d"] + words + ["--event=x"]] {
      guard case .run(let invocation) = try Arguments.parse(["send"] + line) else {
        Issue.record("\(line)")
        return
      }
      #expect(invocation.count(.count) == 3)
      #expect(invocation.text(.event) == "x")
      #expect(invocation.operand(.directory) == "d")
    }
  }

  @Test func knowsDefaultsAndWhatWasWritten() throws {
    let invocation = try run("request", "d", "m")
    #expect(invocation.duration(.timeout) == .seconds(5))
    #expect(invocation.text(.as) == "frontend")
    #expect(!invocation.has(.timeout))
    #expect(invocation.operand(.json) == "")
    #expect(try run("listen", "d").text(.as) == "backend")
    #expect(try run("listen", "d").count(.count) == nil)
    #expect(try run("listen", "d", "-m", "a", "--method=b*").texts(.method) == ["a", "b*"])
  }

  @Test func takesNumbersAndADashForOperands() throws {
    #expect(try run("send", "d", "-1", "-e", "x").operand(.json) == "-1")
    #expect(try run("send", "d", "-", "-e", "x").operand(.json) == "-")
    #expect(try run("send", "-e", "x", "--", "-d", "--event").operand(.directory) == "-d")
  }

  @Test func leavesACommandAlone() throws {
    let invocation = try run("respond", "d", "-j2", "--", "sort", "-r", "--help", "--")
    #expect(invocation.operands(.command) == ["sort", "-r", "--help", "--"])
    #expect(invocation.count(.jobs) == 2)
  }

  @Test func leavesTheCommandOfAnOptionAlone() throws {
    let words = ["sort", "-r", "--help", "--json", "--"]
    for opening in [["--exec"], ["--exec", "--"]] {
      guard case .run(let invocation) = try Arguments.parse(["watch", "d", "-j2"] + opening + words) else {
        Issue.record("\(opening)")
        continue
      }
      #expect(invocation.texts(.exec) == words)
      #expect(invocation.count(.jobs) == 2 && !invocation.has(.json))
      #expect(invocation.operand(.root) == "d")
    }
    #expect(mistake("watch", "d", "--exec") == "--exec needs a command (--exec COMMAND [ARG]...)")
    #expect(mistake("watch", "d", "--exec=cat")?.hasSuffix("(write --exec COMMAND [ARG]...)") == true)
    #expect(try Arguments.parse(["watch", "--help", "d", "--exec", "cat"]) == (try Arguments.parse(["watch", "-h"])))
  }

  @Test func takesCommonOptionsBeforeTheVerb() throws {
    #expect(try run("--color", "always", "inspect", "d").text(.color) == "always")
    #expect(try run("--color=always", "inspect", "d", "--color", "never").text(.color) == "never")
  }

  @Test func givesHelpWhateverElseIsWrong() throws {
    #expect(try Arguments.parse(["--help"]) == .help(nil))
    #expect(try Arguments.parse(["-h"]) == .help(nil))
    #expect(try Arguments.parse(["help"]) == .help(nil))
    for words in [
      ["send", "--help"], ["send", "-h", "--bogus"], ["--help", "send"], ["help", "send"],
      ["send", "a", "b", "c", "-h"],
    ] {
      guard case .help(let verb?) = try Arguments.parse(words) else {
        Issue.record("\(words)")
        continue
      }
      #expect(verb.name == .send)
    }
    #expect(try Arguments.parse(["--version"]) == .version)
    #expect(try Arguments.parse(["-V"]) == .version)
    #expect(try Arguments.parse([]) == .nothing)
  }

  @Test func saysWhatIsWrongAndWhatToWrite() {
    #expect(mistake("lisen", "d") == #"unknown verb "lisen" (did you mean listen?)"#)
    #expect(mistake("xyzzy") == #"unknown verb "xyzzy" (see --help)"#)
    #expect(mistake("request", "d", "m", "--tiemout", "5s") == "unknown option --tiemout (did you mean --timeout?)")
    #expect(
      mistake("request", "d", "m", "--timeout=5") == #""5" is no duration for --timeout (say in which unit: 5s, 5ms)"#
    )
    #expect(
      mistake("request", "d", "m", "-t", "soon") == #""soon" is no duration for --timeout (write 500ms, 5s or 2m)"#
    )
    #expect(mistake("request", "d", "m", "-x") == "unknown option -x (see transom request --help)")
    #expect(mistake("request", "d") == "METHOD is missing (transom request DIR METHOD [JSON] [OPTION]...)")
    #expect(mistake("send", "d") == "--event is missing (transom send DIR --event NAME [JSON] [OPTION]...)")
    #expect(mistake("send", "d", "-e") == "--event needs a value (--event NAME)")
    #expect(mistake("send", "d", "-e", "x", "-n", "0") == #""0" is no number for --count (a whole number, 1 or more)"#)
    #expect(mistake("send", "d", "-e", "x", "--stdin=yes") == "--stdin takes no value (write --stdin alone)")
    #expect(mistake("send", "d", "-e", "x", "1", "2")?.hasPrefix(#"one word too many: "2""#) == true)
    #expect(mistake("send", "d", "saved", "1")?.contains(#""1" (did you mean --event saved? transom send"#) == true)
    #expect(mistake("listen", "d", "--from", "sart") == #"unknown value of --from "sart" (did you mean start?)"#)
    #expect(mistake("listen", "d", "--as", "me") == #"unknown value of --as "me" (one of: backend, frontend)"#)
    #expect(mistake("reader", "lsit", "d") == #"unknown action "lsit" (did you mean list?)"#)
    #expect(mistake("respond", "d")?.hasPrefix("a command is missing (write it behind --:") == true)
    #expect(mistake("respond", "d", "cat")?.hasPrefix("a command is missing") == true)
    #expect(
      mistake("respond", "d", "--rev")?.hasSuffix("-- goes before the command; see transom respond --help)") == true
    )
    #expect(mistake("respond", "d", "-j", "17", "--", "cat")?.hasSuffix("(a whole number, from 1 to 16)") == true)
    #expect(mistake("inspect", "") == "DIR is empty (the channel's directory)")
    #expect(mistake("--color", "never") == "a verb is missing (see transom --help)")
  }

  /// Whatever the words, the answer is an answer: nothing traps, and every mistake fits on a line.
  @Test func survivesAnyWords() {
    let pool = [
      "send", "listen", "respond", "reader", "help", "-", "--", "---", "-n", "-n3", "-nx", "--count", "--count=", "=",
      "--=", "-h", "", " ", "d", "é", "--é", "-é", "@f", "-1", "{}", "--json", "-q", "--color", "auto",
      "watch", "--exec", "--exec=",
    ]
    var state: UInt64 = 1
    for _ in 0..<20_000 {
      var words: [String] = []
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      for place in 0..<Int(state >> 33) % 6 {
        words.append(pool[Int(state >> (20 + UInt64(place) * 5)) % pool.count])
      }
      do throws(UsageError) {
        _ = try Arguments.parse(words)
      } catch {
        #expect(!"\(error)".contains("\n") && !error.what.isEmpty && !error.hint.isEmpty, "\(words)")
      }
    }
  }
}
