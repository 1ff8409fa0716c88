import ChannelSockets
import TestSupport
import Testing

/// With the openssl command as the other end.
@Suite("A secured stream and OpenSSL's command", .timeLimit(.minutes(2))) struct TLSCommandTests {
  /// What `openssl s_client` says of a host that echoes, given lines, and how it ends.
  private func ask(
    _ folder: CertificateFolder,
    _ options: String,
    input: String = "hello",
    check: (Host) async throws -> Void = { _ in }
  ) async throws -> (code: Int32, output: String) {
    try await withLoop { loop in
      let host = Host(on: loop, .echoes, security: try folder.server(protocols: ["ipc/1"]))
      let path = folder.path + "/socket"
      try await host.listen(at: .path(path))
      let command =
        "printf '\(input)\\n' | openssl s_client -unix \(path) -CAfile \(folder.file("ca")) -verify_return_error "
        + "-servername bridge.test -verify_hostname bridge.test -no_ign_eof \(options)"
      let answer = try await ThreadExecutor.run { try ProcessRun(["sh", "-c", command]).finish() }
      try await host.until { $0.guests.first?.end != nil }
      try await check(host)
      return answer
    }
  }

  private func credential(_ name: String, _ folder: CertificateFolder) -> String {
    "-cert \(folder.file(name)) -key \(folder.key(name))"
  }

  @Test func servesItsClient() async throws {
    try await withCertificates { folder in
      let (_, output) = try await ask(folder, "\(credential("client", folder)) -alpn other,ipc/1") { host in
        #expect(await host.received == Array("hello\n".utf8))
        #expect(await host.others.suffix(2) == [.inputEnded, .closed(.finished)])
        guard case .secured(let peer)? = await host.others.first else {
          Issue.record("not secured")
          return
        }
        #expect(peer.identity?.commonName == "client")
        #expect(peer.protocolName == "ipc/1")
      }
      #expect(output.contains("TLSv1.3"), "\(output)")
      #expect(output.contains("ALPN protocol: ipc/1"))
      #expect(output.contains("Verification: OK"))
      #expect(output.contains("Secure Renegotiation IS NOT supported"))
      #expect(output.contains("Compression: NONE"))
      #expect(!output.contains("New Session Ticket"))
    }
  }

  @Test func refusesWhatIsTooOld() async throws {
    try await withCertificates { folder in
      let (code, output) = try await ask(folder, "\(credential("client", folder)) -tls1_2 -alpn ipc/1") { host in
        #expect(await host.others == [.closed(.insecure(.protocolTooOld))])
      }
      #expect(code != 0)
      #expect(output.contains("protocol version"), "\(output)")
    }
  }

  @Test func refusesOneWithoutACertificate() async throws {
    try await withCertificates { folder in
      let (code, output) = try await ask(folder, "-alpn ipc/1 -ign_eof") { host in
        #expect(await host.others == [.closed(.insecure(.noCertificate))])
      }
      #expect(code != 0)
      #expect(output.contains("certificate required"), "\(output)")
    }
  }

  @Test func refusesAnotherProtocol() async throws {
    try await withCertificates { folder in
      let (code, output) = try await ask(folder, "\(credential("client", folder)) -alpn h2") { host in
        #expect(await host.others == [.closed(.insecure(.noCommonProtocol(ours: ["ipc/1"], theirs: ["h2"])))])
      }
      #expect(code != 0)
      #expect(output.contains("no application protocol"), "\(output)")
    }
  }

  @Test func endsOneThatSpeaksPlainly() async throws {
    try await withCertificates { folder in
      try await withLoop { loop in
        let host = Host(on: loop, security: try folder.server())
        let path = folder.path + "/socket"
        try await host.listen(at: .path(path))
        let command = "curl --silent --max-time 10 --unix-socket \(path) http://bridge.test/"
        let (code, _) = try await ThreadExecutor.run { try ProcessRun(["sh", "-c", command]).finish() }
        #expect(code != 0)
        try await host.until { $0.guests.first?.end != nil }
        guard case .insecure(.notTLS(let begin))? = await host.guests[0].end else {
          Issue.record("it was taken")
          return
        }
        #expect(begin.starts(with: Array("GET / HTTP".utf8)))
      }
    }
  }

  /// Our client, and `openssl s_server`, which turns lines around.
  private func connect(
    _ folder: CertificateFolder,
    _ options: String,
    by context: TLSContext,
    _ body: (Host) async throws -> Void
  ) async throws {
    let path = folder.path + "/theirs"
    // It wants no path of more than 31 bytes.
    let command = "cd \(folder.path) && exec openssl s_server -unix theirs -CAfile ca.pem -rev \(options)"
    let server = try ProcessRun(["sh", "-c", command])
    try await withLoop { loop in
      let host = Host(on: loop, security: context)
      // Until it listens.
      try await eventually { (try? await host.connect(to: path)) != nil }
      try await body(host)
    }
    withExtendedLifetime(server) {}
  }

  @Test func isServedByItsServer() async throws {
    try await withCertificates { folder in
      let options = "\(credential("server", folder)) -Verify 2 -verify_return_error -alpn ipc/1"
      try await connect(folder, options, by: try folder.client(protocols: ["ipc/1"])) { host in
        await host.with { #expect($0.write(Array("hello\n".utf8)) == .taken) }
        try await host.until { $0.received == Array("olleh\n".utf8) }
        guard case .secured(let peer)? = await host.others.first else {
          Issue.record("not secured")
          return
        }
        #expect(peer.identity?.names.first == "bridge.test")
        #expect(peer.protocolName == "ipc/1")
      }
    }
  }

  @Test func hearsThatItsServerDemandsACertificate() async throws {
    try await withCertificates { folder in
      let options = "\(credential("server", folder)) -Verify 2 -verify_return_error"
      try await connect(folder, options, by: try folder.client(nil)) { host in
        try await host.until { $0.guests[0].end != nil }
        #expect(await host.guests[0].end == .insecure(.refused(.certificateRequired)))
      }
    }
  }

  @Test func refusesAServerThatIsTooOld() async throws {
    try await withCertificates { folder in
      try await connect(folder, "\(credential("server", folder)) -tls1_2", by: try folder.client()) { host in
        try await host.until { $0.guests[0].end != nil }
        #expect(await host.others == [.closed(.insecure(.protocolTooOld))])
      }
    }
  }

  @Test func refusesAServerOfAnotherName() async throws {
    try await withCertificates { folder in
      try await connect(folder, credential("stranger", folder), by: try folder.client()) { host in
        try await host.until { $0.guests[0].end != nil }
        let error = TLSError.wrongName(expected: "bridge.test", has: ["somebody.test"])
        #expect(await host.others == [.closed(.insecure(error))])
      }
    }
  }
}
