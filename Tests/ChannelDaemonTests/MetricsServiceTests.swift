import ChannelAdmin
import ChannelBridge
import ChannelDaemon
import ChannelModel
import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

@Suite("The service of metrics", .timeLimit(.minutes(2))) struct MetricsServiceTests {
  private func status(_ answer: String) -> Int? {
    let words = answer.split(separator: " ", maxSplits: 2)
    return words.count > 1 ? Int(words[1]) : nil
  }

  private func body(_ answer: String) -> String {
    guard let end = answer.firstRange(of: "\r\n\r\n") else { return "" }
    return String(answer[end.upperBound...])
  }

  @Test func tellsWhatItIsAskedFor() async throws {
    try await MetricsScene.with { scene in
      let metrics = try await scene.get("/metrics")
      #expect(status(metrics) == 200)
      #expect(metrics.contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
      #expect(body(metrics) == MetricsText.of(.sample, []))
      #expect(await scene.daemon.asked == [.status, .channels(limit: 100)])
      #expect(body(try await scene.get("/livez")) == "ok\n")
      #expect(body(try await scene.get("/readyz")) == "ready\n")
      #expect(body(try await scene.get("/")) == "/metrics\n/livez\n/readyz\n")
      #expect(body(try await scene.get("/livez?verbose")) == "ok\n")
      #expect(status(try await scene.get("/other")) == 404)
      #expect(status(try await scene.get("/metrics/")) == 404)
      #expect(scene.lines == ["info: metrics are at http://127.0.0.1:\(scene.port)/metrics"])
    }
  }

  @Test func isReadyOnlyWhenAllRootsAreServed() async throws {
    try await MetricsScene.with { scene in
      await scene.daemon.change { $0.phase = .starting }
      let starting = try await scene.get("/readyz")
      #expect(status(starting) == 503)
      #expect(body(starting) == "the daemon is starting\n")
      await scene.daemon.change {
        $0.phase = .ending
        $0.roots = [DaemonStatus.Root("/a"), DaemonStatus.Root("/b", trouble: "it is\nnot there")]
      }
      let ending = try await scene.get("/readyz")
      #expect(status(ending) == 503)
      #expect(body(ending) == "the daemon is ending\n/b: it is\u{FFFD}not there\n")
      // It lives all the same, and tells what it knows.
      #expect(status(try await scene.get("/livez")) == 200)
      #expect(status(try await scene.get("/metrics")) == 200)
      await scene.daemon.fail(ChannelError(.closed, at: "/state", "the state is closed"))
      #expect(status(try await scene.get("/readyz")) == 503)
      #expect(status(try await scene.get("/metrics")) == 503)
      #expect(status(try await scene.get("/livez")) == 200)
    }
  }

  @Test func livesWhileTheDaemonDoesNotAnswer() async throws {
    try await MetricsScene.with { scene in
      let latch = Latch()
      await scene.daemon.wait(for: latch)
      async let metrics = scene.get("/metrics")
      let alive = try await scene.get("/livez")
      #expect(body(alive) == "ok\n")
      latch.open()
      let told = try await metrics
      #expect(status(told) == 200)
    }
  }

  @Test func refusesWhatIsNotReading() async throws {
    try await MetricsScene.with { scene in
      let post = "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
      let answer = try await scene.ask(post)
      #expect(status(answer) == 405)
      #expect(answer.contains("\r\nAllow: GET, HEAD\r\n"))
      #expect(status(try await scene.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n")) == 413)
      #expect(status(try await scene.ask("PUT / HTTP/1.1\r\nHost: a\r\n\r\n")) == 501)
      #expect(status(try await scene.ask("GET / HTTP/1.1\r\n\r\n")) == 400)
      #expect(status(try await scene.ask("\u{16}\u{3}\u{1}\u{2}\u{0}")) == 400)
      #expect(status(try await scene.ask("GET /" + String(repeating: "x", count: 9_000))) == 431)
    }
  }

  @Test func answersManyRequestsOnOneConnectionInTheirOrder() async throws {
    try await MetricsScene.with { scene in
      let one = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\n"
      let head = "HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
      let last = "GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
      let answer = try await scene.ask(String(repeating: one, count: 100) + head + last)
      let statuses = answer.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
      #expect(statuses.count == 202)
      #expect(statuses.prefix(200).enumerated().allSatisfy { $1 == ($0 % 2 == 0 ? "200" : "404") })
      // HEAD has the length and no body, and after the last nothing is read.
      #expect(answer.hasSuffix("\r\n\r\nready\n"))
      #expect(!answer.contains("# HELP"))
    }
  }

  @Test func bearsARequestThatComesByteByByteAndAnEarlyEnd() async throws {
    try await MetricsScene.with { scene in
      let port = scene.port
      let answer = try await ThreadExecutor.run {
        let socket = try RawSocket(port: port)
        for byte in "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n".utf8 { try socket.send([byte]) }
        socket.finish()
        return String(decoding: try socket.receiveAll(), as: UTF8.self)
      }
      #expect(answer.hasSuffix("\r\n\r\nok\n"))
      let nothing = try await ThreadExecutor.run {
        let socket = try RawSocket(port: port)
        try socket.send("GET /livez HT")
        socket.finish()
        return try socket.receiveAll()
      }
      #expect(nothing.isEmpty)
    }
  }

  @Test func isNotKeptByThoseWhoTakeTheirTime() async throws {
    try await MetricsScene.with(HTTPServerLimits(connections: 4, patience: .milliseconds(300))) { scene in
      let port = scene.port
      try await ThreadExecutor.run {
        // One who says nothing, one who says something, again and again, one whose request was answered.
        let silent = try RawSocket(port: port)
        let slow = try RawSocket(port: port)
        let idle = try RawSocket(port: port)
        try idle.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        try slow.send("GET /livez HTTP/1.1\r\n")
        let begin = KernelClock.sinceBoot()
        while (try? slow.send("X: y\r\n")) != nil, KernelClock.sinceBoot() - begin < 20_000_000_000 {
          KernelClock.pause(.milliseconds(10))
        }
        #expect(try silent.receiveAll().isEmpty)
        #expect(String(decoding: try idle.receiveAll(), as: UTF8.self).hasSuffix("\r\n\r\nok\n"))
        let again = try RawSocket(port: port)
        try again.send("GET /livez HT")
        #expect(String(decoding: try again.receiveAll(), as: UTF8.self).hasPrefix("HTTP/1.1 408 "))
      }
    }
  }

  @Test func isNotKeptByThoseWhoDoNotRead() async throws {
    try await MetricsScene.with(HTTPServerLimits(connections: 1, patience: .milliseconds(300))) { scene in
      await scene.daemon.change(
        channels: (0..<100).map {
          ChannelStatus(path: "/run/" + String(repeating: "x", count: 900) + "\($0)", name: "x", phase: .open)
        }
      )
      let one = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
      let socket = try RawSocket(port: scene.port)
      try socket.send(String(repeating: one, count: 200))
      // It makes answers as they are taken, and not two hundred of them.
      try await eventually { (try? await status(scene.get("/livez"))) == 200 }
      #expect(await scene.daemon.asked.count < 60)
      withExtendedLifetime(socket) {}
    }
  }

  @Test func bearsAThousandAndGarbage() async throws {
    try await MetricsScene.with(HTTPServerLimits(connections: 16, patience: .seconds(60))) { scene in
      let port = scene.port
      var generator = SeededGenerator(seed: 7)
      let garbage = (0..<1_000).map { _ in
        (0..<Int.random(in: 1...300, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
      }
      DescriptorLimit.raise()
      try await ThreadExecutor.run {
        let sockets = try (0..<1_000).map { _ in try RawSocket(port: port) }
        for (socket, bytes) in zip(sockets, garbage) { try? socket.send(bytes) }
      }
      // All of them are gone, and it goes on.
      try await eventually { (try? await status(scene.get("/livez"))) == 200 }
      #expect(scene.lines.contains { $0.hasPrefix("warning: metrics: 16 programs are connected") })
      #expect(scene.lines.count < 100)
    }
  }

  @Test func isUnderstoodByCurl() async throws {
    try await MetricsScene.with { scene in
      let place = "http://127.0.0.1:\(scene.port)"
      func curl(_ arguments: String...) async throws -> (code: Int32, output: String) {
        let words = ["/usr/bin/curl", "-sS", "--max-time", "20"] + arguments
        return try await ThreadExecutor.run { try ProcessRun(words).finish() }
      }
      let two = try await curl(place + "/livez", place + "/readyz", "-w", "%{num_connects}\n")
      #expect(two.output == "ok\n1\nready\n0\n")
      let head = try await curl("-I", place + "/metrics")
      #expect(head.code == 0)
      #expect(head.output.hasPrefix("HTTP/1.1 200 OK\r\n"))
      let old = try await curl("--http1.0", "-f", place + "/metrics")
      #expect(old.output == MetricsText.of(.sample, []))
      #expect(try await curl("-f", "-d", String(repeating: "x", count: 5_000), place + "/metrics").code == 22)
      #expect(try await curl("-f", place + "/nothing").code == 22)
    }
    try await withScratchDirectory { folder in
      try await withLoop { loop in
        let place = MetricsPlace.socket(path: folder + "/metrics.sock")
        let service = MetricsService(at: place.endpoint, on: loop, asking: PretendedDaemon()) { _, _ in }
        try await service.start()
        let answer = try await ThreadExecutor.run {
          try ProcessRun.run("/usr/bin/curl", "-sS", "--unix-socket", folder + "/metrics.sock", "http://x/livez")
        }
        #expect(answer.output == "ok\n")
        await service.stop()
        #expect(try Directory.open(folder).names().isEmpty)
      }
    }
  }

  @Test func saysWhereItCannotListen() async throws {
    try await MetricsScene.with { scene in
      try await withLoop { loop in
        let second = MetricsService(at: .loopback(port: scene.port), on: loop, asking: scene.daemon) { _, _ in }
        await #expect(throws: SystemError("bind", on: "127.0.0.1:\(scene.port)", code: EADDRINUSE)) {
          try await second.start()
        }
      }
    }
  }
}
