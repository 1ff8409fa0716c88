import ChannelCommands
import ChannelMessages
import TestSupport
import Testing

@Suite("JSON on a terminal") struct JSONLayoutTests {
  private func text(_ value: String, _ style: Style = .plain, isIndented: Bool) -> String {
    String(decoding: JSONLayout.text(of: Array(value.utf8), style: style, isIndented: isIndented), as: UTF8.self)
  }

  @Test func standsOnIndentedLines() {
    #expect(
      text(#"{"a":[1, 2,{}],"b":{"c":"x:y, [z]"},"d":[ ]}"#, isIndented: true) == """
        {
          "a": [
            1,
            2,
            {}
          ],
          "b": {
            "c": "x:y, [z]"
          },
          "d": []
        }
        """
    )
  }

  @Test func isColouredByWhatItIs() {
    #expect(
      text(#"{"k": "v\"", "n":-1.5e3}"#, Style(isColoured: true), isIndented: false)
        == "{\u{1B}[36m\"k\"\u{1B}[0m:\u{1B}[32m\"v\\\"\"\u{1B}[0m,\u{1B}[36m\"n\"\u{1B}[0m:\u{1B}[33m-1.5e3\u{1B}[0m}"
    )
  }

  @Test func cannotSteerTheTerminal() {
    #expect(text("\"a\u{7F}\u{9B}31mé\"", isIndented: false) == #""a\u007f\u009b31mé""#)
  }

  /// The layout of every valid text of the standard's suite is the same value.
  @Test func staysTheSameValue() throws {
    for value in [
      "0", "\"\"", "[]", "{}", "[[[]]]", #"[{"":""}]"#, " [ 1 , { \"a\" : null } ] ", #"["\\",{"\"":"\\\""}]"#,
    ] {
      let compact = text(value, isIndented: false)
      #expect(text(text(value, isIndented: true), isIndented: false) == compact)
      #expect(try JSONText(validating: Array(compact.utf8)).description == compact)
      #expect(try JSONText(validating: Array(text(value, isIndented: true).utf8)).bytes.isEmpty == false)
    }
  }
}

@Suite("Payloads") struct PayloadTextTests {
  private func mistake(_ text: String) -> String? {
    do throws(UsageError) {
      _ = try PayloadText.payload(of: Array(text.utf8), from: "the payload", isText: false)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func areJSONOrTheReasonWhyNot() throws {
    #expect(mistake(#"{"a": [1]}"#) == nil)
    #expect(
      mistake("{a:1}")
        == "the payload is no JSON: a key in double quotes was expected at byte 1 "
        + "(keys and texts stand in double quotes, and all of it in single ones)"
    )
    #expect(mistake("hello")?.hasPrefix("the payload is no JSON: a value was expected at byte 0") == true)
    #expect(mistake("")?.contains("at byte 0 (an empty payload is written null)") == true)
    #expect(mistake("[1,")?.contains("the text ends in the middle of a value at byte 3") == true)
  }

  @Test func areTextWhereTextIsAskedFor() throws {
    let line = Array("say \"hi\"\n".utf8)
    #expect(PayloadText.text(line, cutsLine: true)?.description == #""say \"hi\"""#)
    #expect(PayloadText.text(line, cutsLine: false)?.description == #""say \"hi\"\n""#)
    #expect(PayloadText.text([0xFF], cutsLine: false) == nil)
  }
}

@Suite("A channel's state") struct ChannelStateTests {
  private static let reader = ReaderState(
    name: "worker",
    kind: .reader,
    side: .backend,
    unread: 3,
    holders: ["process 4711"],
    saved: .seconds(2)
  )
  private static let listener = ReaderState(
    name: "a\u{1B}b",
    kind: .listener,
    side: .backend,
    unread: nil,
    holders: ["process 4712"],
    fault: "made up"
  )

  static let sample = ChannelState(
    path: "/run/app/ui",
    identifier: "01234567-89ab-4def-8edc-ba9876543210",
    fileSystem: "tmpfs",
    watching: "inotify",
    directions: [
      DirectionState(
        name: "backend_to_frontend",
        writer: .backend,
        newest: 0,
        window: WindowState(.elements(0, unreadable: 0), byteCount: 2, age: .past(.seconds(60)), shown: .everything)
      ),
      DirectionState(
        name: "frontend_to_backend",
        writer: .frontend,
        newest: 1_203,
        newestMessage: 1_202,
        segments: [
          .init(first: 1_001, last: 1_100, byteCount: 4 << 20), .init(first: 1_101, last: 1_203, byteCount: 512),
        ],
        backlog: 3,
        oldestUnread: .init(number: 1_201, age: .seconds(90), reader: "worker"),
        readers: [reader, listener],
        locks: [.init(name: "journal", holder: "process 4711"), .init(name: "projection", holder: nil)],
        window: WindowState(
          .elements(3, unreadable: 1),
          byteCount: 900,
          age: .ahead(.seconds(2)),
          fault: .init(offset: 17, reason: "a message is an object"),
          author: .other,
          shown: .behind(2)
        ),
        windowLock: WindowLockState(
          path: "/run/app/ui/frontend_to_backend.lock",
          maker: .peer,
          process: 4713,
          age: .ahead(.seconds(120)),
          verdict: .heldFromFuture
        ),
        peers: PeersState(
          writerSeen: .milliseconds(1_500),
          readerSeen: .seconds(60),
          readerRuledOut: .seconds(3)
        ),
        quarantine: QuarantineState(
          fileCount: 1,
          byteCount: 100,
          newest: .init(name: "1700000000000-0-frontend_to_backend.json", age: .past(.seconds(3_600)))
        )
      ),
    ],
    leftovers: LeftoverState(fileCount: 2, byteCount: 120, purposes: ["lock", "read"])
  )

  @Test func isShownToPeopleAsTheFixtureSays() throws {
    #expect(Self.sample.text() == String(decoding: try Fixture.bytes("commands/inspect-sample.txt"), as: UTF8.self))
  }

  @Test(
    arguments: [
      (PeersState(), "no writer was seen; whether one reads is not known"),
      (PeersState(readerSeen: .seconds(1)), "no writer was seen; a reader was seen 1 s ago"),
      (
        PeersState(readerSeen: .seconds(1), readerRuledOut: .seconds(9)),
        "no writer was seen; a reader was seen 1 s ago"
      ),
      (
        PeersState(writerSeen: .seconds(2), readerRuledOut: .seconds(9)),
        "a writer was seen 2 s ago; there was no reader 9 s ago"
      ),
    ]
  )
  func saysWhatIsKnownOfPeers(_ peers: PeersState, _ text: String) {
    #expect(peers.text == text)
  }

  @Test func isShownToProgramsAsTheFixtureSays() throws {
    let json = Self.sample.json()
    _ = try JSONText(validating: json)
    #expect(json + [UInt8(ascii: "\n")] == (try Fixture.bytes("commands/inspect-sample.json")))
  }
}
