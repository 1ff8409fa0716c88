import ChannelAdmin
import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

@Suite("The command's end of the daemon's socket", .timeLimit(.minutes(1))) struct AdminClientTests {
  /// What comes of asking a server that answers so.
  private func ask(
    _ request: AdminRequest = .status,
    patience: Duration = .seconds(20),
    _ answer: @escaping LineServer.Answer
  ) throws -> Result<AdminAnswer, ChannelError> {
    try withScratchDirectory { folder in
      let server = try LineServer(at: folder + "/socket", answer)
      defer { withExtendedLifetime(server) {} }
      return Result { () throws(ChannelError) in
        try AdminClient(folder + "/socket", isNamed: true, patience: patience).ask(request)
      }
    }
  }

  private func error(_ result: Result<AdminAnswer, ChannelError>) -> ChannelError? {
    if case .failure(let error) = result { error } else { nil }
  }

  private static func lines(_ answer: AdminAnswer) -> [UInt8] { AdminAnswerLines(answer).flatMap { $0 + [0x0A] } }

  @Test func getsAnswersOneAfterTheOtherOnOneConnection() throws {
    try withScratchDirectory { folder in
      let server = try LineServer(at: folder + "/socket") { line in
        Self.lines(.configuration(String(decoding: line, as: UTF8.self)))
      }
      let client = try AdminClient(folder + "/socket", isNamed: false)
      for request in [AdminRequest.status, .reload, .trace(id: "x")] {
        #expect(try client.ask(request) == .configuration(String(decoding: request.encode(), as: UTF8.self)))
      }
      #expect(server.lines.count == 3)
    }
  }

  @Test func getsAnAnswerOfManyLines() throws {
    let channels = (0..<10_000).map { ChannelStatus(path: "/srv/\($0)", name: "\($0)", phase: .idle) }
    #expect(try ask { _ in Self.lines(.channels(channels)) } == .success(.channels(channels)))
  }

  @Test func throwsWhatTheDaemonSays() throws {
    let said = ChannelError(.misuse, at: "/etc/x.toml", "two\nlines", hint: "mend it")
    #expect(try ask { _ in said.line + [0x0A] } == .failure(said))
  }

  @Test func saysWhatToDoWhenNobodyAnswers() throws {
    try withScratchDirectory { folder in
      let left = folder + "/left"
      let gone = try RawSocket(listeningAt: left)
      gone.shut()
      RawFiles.write("", to: folder + "/file")
      for path in [folder + "/nothing", left, folder + "/file", folder + "/file/below"] {
        let error = #expect(throws: ChannelError.self) { try AdminClient(path, isNamed: false) }
        #expect(error?.code.exitStatus == 4)
        let hint = "(start it with transomd, or name its socket with --socket or TRANSOM_SOCKET)"
        #expect(error.map { "\($0)" } == "\(path): no daemon answers \(hint)")
      }
      let long = folder + "/" + String(repeating: "x", count: 200)
      #expect(throws: ChannelError.self) { try AdminClient(long, isNamed: false) }
    }
  }

  @Test func saysWhenTheDaemonEndsBeforeItHasAnswered() throws {
    let nothing = try ask { _ in nil }
    #expect(error(nothing)?.code == .closed && error(nothing)?.what.contains("has ended") == true, "\(nothing)")
  }

  @Test func waitsNoLongerThanItIsPatient() throws {
    let late = try ask(patience: .milliseconds(50)) { _ in Array("{\"channel\"".utf8) }
    #expect(error(late)?.code == .timedOut && error(late)?.what == "the daemon has not answered for 50 ms", "\(late)")
  }

  @Test(arguments: [
    "\n", "{}x\n", "[]\n", "{\"done\":\"weather\"}\n", "{\"letters\":1}\n{\"done\":\"status\"}\n", "\u{0}\n",
  ])
  func understandsNoGarbage(_ text: String) throws {
    let garbage = try ask { _ in Array(text.utf8) }
    #expect(error(garbage)?.code == .newerFormat && error(garbage)?.what.contains("cannot be understood") == true)
  }

  @Test func takesNoLineWithoutEnd() throws {
    let endless = try ask { _ in [UInt8](repeating: 0x20, count: AdminProtocol.answerLimit + 2) }
    #expect(error(endless)?.what.contains("longer than \(AdminProtocol.answerLimit) bytes") == true, "\(endless)")
  }

  @Test func asksNobodyButItsOwnUserAndRoot() throws {
    let asStranger = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "/usr/bin/python3", "-c"]
    guard geteuid() == 0, (try? ProcessRun(asStranger + ["pass"]).finish().code) == 0 else {
      return print("skipped: another user's daemon needs root, setpriv and /usr/bin/python3")
    }
    try withScratchDirectory { folder in
      RawFiles.setPermissions(folder, to: 0o777)
      let script = """
        import socket, sys
        s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print("listens", flush=True)
        while True: s.accept()
        """
      let path = folder + "/socket"
      let stranger = try ProcessRun(asStranger + [script, path])
      #expect(stranger.line() == "listens")
      let error = #expect(throws: ChannelError.self) { try AdminClient(path, isNamed: false) }
      #expect(error?.code == .refused && error?.what == "user 65534 answers here, who is neither you nor root")
      // Root may, when it says so itself.
      #expect(throws: Never.self) { try AdminClient(path, isNamed: true) }
    }
  }

  @Test func knowsWhereTheSocketIsByDefault() {
    let own = AdminSocket.standardPath(environment: ["XDG_RUNTIME_DIR": "/run/user/7/"], user: 7)
    #expect(own == "/run/user/7/transomd.sock")
    for environment in [[:], ["XDG_RUNTIME_DIR": "run"], ["XDG_RUNTIME_DIR": ""]] {
      #expect(AdminSocket.standardPath(environment: environment, user: 7) == "/tmp/transom-7/transomd.sock")
    }
  }
}
