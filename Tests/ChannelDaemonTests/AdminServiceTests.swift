import ChannelAdmin
import ChannelDaemon
import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

@Suite("The daemon's end of its socket", .timeLimit(.minutes(1))) struct AdminServiceTests {
  private static func text(_ request: AdminRequest) -> String { String(decoding: request.encode(), as: UTF8.self) }

  /// What a double says to a request by default.
  private static func echo(_ request: AdminRequest) -> String {
    AdminAnswerLines(.configuration(text(request))).map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
  }

  /// All that comes of writing this and then saying that no more comes.
  private func conversation(_ text: String, at path: String) async throws -> String {
    try await ThreadExecutor.run {
      let socket = try RawSocket(path: path)
      try socket.send(text)
      socket.finish()
      return String(decoding: try socket.receiveAll(), as: UTF8.self)
    }
  }

  private func manyChannels(_ count: Int) -> [ChannelStatus] {
    (0..<count).map { ChannelStatus(path: "/srv/channels/number-\($0)", name: "number-\($0)", phase: .idle) }
  }

  // MARK: Questions and answers

  @Test func answersSeveralRequestsOfOneConnectionInTheirOrder() async throws {
    try await withAnsweringDouble { daemon, path in
      let requests = (0..<200).map { AdminRequest.trace(id: "\($0)") }
      let said = try await conversation(requests.map { Self.text($0) + "\n" }.joined(), at: path)
      #expect(said == requests.map(Self.echo).joined())
      #expect(await daemon.requests == requests)
    }
  }

  @Test func isAskedOneThingAfterTheOther() async throws {
    let latch = Latch()
    try await withAnsweringDouble { request throws(ChannelError) in
      if case .reload = request { await latch.passed() }
      return .configuration(Self.text(request))
    } _: { daemon, path in
      let socket = try RawSocket(path: path)
      try socket.send("\(Self.text(.reload))\n\(Self.text(.status))\n")
      try await eventually(daemon) { await $0.requests.count == 1 }
      // Others need not wait for it.
      let other = try await conversation(Self.text(.status) + "\n", at: path)
      #expect(other == Self.echo(.status))
      #expect(await daemon.requests == [.reload, .status])
      latch.open()
      socket.finish()
      let said = try await ThreadExecutor.run { try socket.receiveAll() }
      #expect(String(decoding: said, as: UTF8.self) == Self.echo(.reload) + Self.echo(.status))
    }
  }

  @Test func answersTheCommandsClient() async throws {
    let channels = manyChannels(10_000)
    let error = ChannelError(.misuse, at: "/etc/x.toml", "wrong", hint: "mend it")
    try await withAnsweringDouble { request throws(ChannelError) in
      if case .reload = request { throw error }
      return .channels(channels)
    } _: { _, path in
      try await ThreadExecutor.run {
        let client = try AdminClient(path, isNamed: false)
        #expect(throws: error) { try client.ask(.reload) }
        let answer = try client.ask(.channels(limit: 10_000))
        #expect(answer == .channels(channels))
        #expect(throws: error) { try client.ask(.reload) }
      }
    }
  }

  @Test func answersManyAtOnce() async throws {
    try await withAnsweringDouble { daemon, path in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<50 {
          group.addTask(executorPreference: ThreadExecutor()) {
            let client = try AdminClient(path, isNamed: false)
            for turn in 0..<20 {
              let request = AdminRequest.trace(id: "\(number)-\(turn)")
              #expect(try client.ask(request) == .configuration(Self.text(request)))
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(await daemon.requests.count == 1_000)
      try await eventually(daemon) { await $0.connectionCount == 0 }
    }
  }

  @Test func understandsLinesHoweverTheyArrive() async throws {
    try await withAnsweringDouble { _, path in
      let socket = try RawSocket(path: path)
      try await ThreadExecutor.run {
        for byte in Array("\(Self.text(.status))\n\(Self.text(.reload))\n".utf8) { try socket.send([byte]) }
        let expected = Self.echo(.status) + Self.echo(.reload)
        let said = try socket.receive(exactly: expected.utf8.count)
        #expect(String(decoding: said, as: UTF8.self) == expected)
      }
    }
  }

  // MARK: What is wrong

  @Test(arguments: [
    ("\n", "misuse"), ("hello\n", "misuse"), ("[]\n", "misuse"), ("{\"version\":1}\n", "misuse"),
    ("{\"version\":1,\"verb\":\"fly\"}\n", "newer-format"), ("{\"version\":7,\"verb\":\"status\"}\n", "newer-format"),
    ("\u{0}\u{1B}\n", "misuse"),
  ])
  func saysWhatIsWrongWithALineAndGoesOnBehindIt(_ line: String, _ code: String) async throws {
    try await withAnsweringDouble { daemon, path in
      let said = try await conversation(line + Self.text(.status) + "\n", at: path)
      #expect(said.hasPrefix("{\"error\":{\"code\":\"\(code)\",\"where\":\"transomd\","), "\(said)")
      #expect(said.hasSuffix("}}\n" + Self.echo(.status)), "\(said)")
      #expect(await daemon.requests == [.status])
    }
  }

  @Test func bearsThousandsOfLinesThatAreNone() async throws {
    try await withAnsweringDouble { _, path in
      let said = try await ThreadExecutor.run {
        let socket = try RawSocket(path: path)
        let writer = NativeThread {
          try? socket.send(String(repeating: "\n", count: 200_000))
          socket.finish()
        }
        defer { writer.join() }
        return try socket.receiveAll()
      }
      #expect(said.count { $0 == UInt8(ascii: "\n") } == 200_000)
    }
  }

  @Test func takesHalfALineForNothing() async throws {
    try await withAnsweringDouble { daemon, path in
      for line in [String(Self.text(.reload).dropLast()), ""] {
        let said = try await conversation(line, at: path)
        #expect(said == "")
      }
      #expect(await daemon.requests.isEmpty)
    }
  }

  @Test func closesOutALineWithoutEnd() async throws {
    var limits = AdminLimits()
    limits.line = 100
    try await withAnsweringDouble(limits: limits) { daemon, path in
      let said = try await conversation(String(repeating: " ", count: 5_000), at: path)
      #expect(said.contains("\"what\":\"this is no request: the line is longer than 100 bytes\""), "\(said)")
      #expect(said.split(separator: "\n").count == 1)
      #expect(await daemon.requests.isEmpty)
    }
  }

  @Test func closesOutThoseWhoAskNothing() async throws {
    var limits = AdminLimits()
    limits.idleTime = .milliseconds(30)
    limits.writingTime = .milliseconds(30)
    try await withAnsweringDouble(limits: limits) { daemon, path in
      let socket = try RawSocket(path: path)
      try socket.send("{\"version\"")
      let said = try await ThreadExecutor.run { String(decoding: try socket.receiveAll(), as: UTF8.self) }
      #expect(said.contains("\"code\":\"timed-out\""), "\(said)")
      try await eventually(daemon) { await $0.connectionCount == 0 }
    }
  }

  @Test func closesOutThoseWhoReadNothingAndServesOthersMeanwhile() async throws {
    var limits = AdminLimits()
    limits.writingTime = .milliseconds(200)
    let channels = manyChannels(20_000)
    try await withAnsweringDouble(limits: limits) { request throws(ChannelError) in
      if case .status = request { return .letterCount(1) }
      return .channels(channels)
    } _: { daemon, path in
      let slow = try RawSocket(path: path)
      try slow.send(String(repeating: Self.text(.channels(limit: 20_000)) + "\n", count: 10))
      try await eventually(daemon) { await $0.connectionCount == 1 }
      let other = try await conversation(Self.text(.status) + "\n", at: path)
      #expect(other.hasPrefix("{\"letters\":1}\n"))
      try await eventually(daemon) { await $0.connectionCount == 0 }
      // No answer is begun before the one before it has gone out.
      #expect(await daemon.requests.filter { $0 != .status }.count == 1)
      withExtendedLifetime(slow) {}
    }
  }

  @Test func forgetsThoseWhoGoBeforeTheyAreAnswered() async throws {
    let latch = Latch()
    try await withAnsweringDouble { _ throws(ChannelError) in
      await latch.passed()
      return .letterCount(1)
    } _: { daemon, path in
      var socket: RawSocket? = try RawSocket(path: path)
      try socket?.send(Self.text(.status) + "\n")
      try await eventually(daemon) { await $0.requests.count == 1 }
      socket = nil
      latch.open()
      try await eventually(daemon) { await $0.connectionCount == 0 }
      let other = try await conversation(Self.text(.status) + "\n", at: path)
      #expect(other.hasPrefix("{\"letters\":1}"))
    }
  }

  // MARK: Who

  @Test func takesNoMoreThanItsLimit() async throws {
    var limits = AdminLimits()
    limits.connections = 2
    try await withAnsweringDouble(limits: limits) { daemon, path in
      let inside = try (0..<2).map { _ in try RawSocket(path: path) }
      try await eventually(daemon) { await $0.connectionCount == 2 }
      let outside = try RawSocket(path: path)
      let said = try await ThreadExecutor.run { try outside.receiveAll() }
      #expect(said.isEmpty)
      try await eventually(daemon) { $0.said.all.contains { $0.contains("as many are connected as may be") } }
      withExtendedLifetime(inside) {}
    }
  }

  @Test func refusesThoseItDoesNotKnow() async throws {
    try await withAnsweringDouble(users: [4_711]) { daemon, path in
      let said = try await conversation(Self.text(.status) + "\n", at: path)
      let what = "user \(geteuid()) is not answered here"
      let hint = "the daemon answers its own user and root"
      #expect(
        said == #"{"error":{"code":"refused","where":"transomd","what":"\#(what)","hint":"\#(hint)"}}"# + "\n"
      )
      #expect(await daemon.requests.isEmpty)
      let line = "user \(geteuid()) was refused at the admin socket, process \(getpid())"
      #expect(daemon.said.all.contains { $0.contains(line) }, "\(daemon.said.all)")
      try await eventually(daemon) { await $0.connectionCount == 0 }
    }
  }

  @Test func refusesAnotherUsersProgram() async throws {
    let asStranger = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "/usr/bin/python3", "-c"]
    guard geteuid() == 0, (try? ProcessRun(asStranger + ["pass"]).finish().code) == 0 else {
      return print("skipped: another user's program needs root, setpriv and /usr/bin/python3")
    }
    try await withAnsweringDouble(permissions: 0o666) { daemon, path in
      let folder = String(path.dropLast("/socket".count))
      RawFiles.setPermissions(folder, to: 0o755)
      let script = """
        import socket, sys
        s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b'{"version":1,"verb":"reload"}\\n')
        print(s.makefile().read())
        """
      let outcome = try await ThreadExecutor.run { try ProcessRun(asStranger + [script, path]).finish() }
      #expect(outcome.output.contains("user 65534 is not answered here"), "\(outcome)")
      #expect(await daemon.requests.isEmpty)
      #expect(daemon.said.all.contains { $0.contains("user 65534 was refused") }, "\(daemon.said.all)")
    }
  }

  // MARK: Its end

  @Test func breaksOffWhatIsUnderWayAsItCloses() async throws {
    try await withAnsweringDouble { daemon, path in
      let socket = try RawSocket(path: path)
      try await eventually(daemon) { await $0.connectionCount == 1 }
      await daemon.close()
      let said = try await ThreadExecutor.run { try socket.receiveAll() }
      #expect(said.isEmpty)
      #expect(throws: RawSocket.Refusal.self) { try RawSocket(path: path) }
    }
  }

  @Test func doesNotTakeTheSocketOfAnotherDaemon() async throws {
    try await withAnsweringDouble { daemon, path in
      let rival = AnsweringDouble(on: daemon.loop) { _ throws(ChannelError) in .letterCount(2) }
      await #expect(throws: SystemError.self) { try await rival.listen(at: path) }
      let other = try await conversation(Self.text(.status) + "\n", at: path)
      #expect(other == Self.echo(.status))
    }
  }

  private func eventually(
    _ daemon: AnsweringDouble,
    _ condition: (AnsweringDouble) async -> Bool
  ) async throws {
    let end = KernelClock.sinceBoot() + 20_000_000_000
    while await !condition(daemon) {
      guard KernelClock.sinceBoot() < end else {
        Issue.record("it did not come to be so within 20 s")
        return
      }
      await ThreadExecutor.pause()
    }
  }
}

extension ThreadExecutor {
  /// A moment in which others get on.
  fileprivate static func pause() async {
    _ = try? await run { KernelClock.pause(.milliseconds(1)) }
  }
}
