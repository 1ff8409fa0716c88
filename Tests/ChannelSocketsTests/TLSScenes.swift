// What tests of secured connections begin with.

internal import COpenSSL
@testable internal import ChannelSockets
internal import LinuxIO
internal import TestSupport
internal import Testing

/// A directory with certificates, and what is made of them.
struct CertificateFolder: Sendable {
  let path: String

  func file(_ name: String) -> String { "\(path)/\(name).pem" }
  func key(_ name: String) -> String { "\(path)/\(name).key" }

  func credential(_ name: String) -> TLSSettings.Credential {
    TLSSettings.Credential(certificates: file(name), key: key(name))
  }

  /// A server that demands certificates which `clients` signed, if anybody.
  func server(
    _ name: String = "server",
    clients: String? = "ca",
    protocols: [String] = []
  ) throws(TLSSettingsError) -> TLSContext {
    let trust = clients.map { TLSSettings.Trust.file(file($0)) }
    return try TLSContext(TLSSettings(.server(credential(name), clients: trust), protocols: protocols))
  }

  /// A client that shows a certificate, if it has any.
  func client(
    _ name: String? = "client",
    server: String = "ca",
    named: String = TestCertificates.serverName,
    protocols: [String] = []
  ) throws(TLSSettingsError) -> TLSContext {
    let own = name.map { credential($0) }
    return try TLSContext(TLSSettings(.client(own, server: .file(file(server)), name: named), protocols: protocols))
  }
}

/// Runs a test's body with certificates.
func withCertificates<Result>(_ body: (CertificateFolder) async throws -> Result) async throws -> Result {
  try await withScratchDirectory { path in
    try TestCertificates.write(to: path)
    return try await body(CertificateFolder(path: path))
  }
}

/// An engine, and what it told.
final class EngineEnd {
  let engine: TLSEngine
  private(set) var events: [TLSEvent] = []
  private var buffer = [UInt8](repeating: 0, count: 16 << 10)

  init(_ context: TLSContext) throws {
    engine = try TLSEngine(context)
  }

  /// Has it look at what it was given, and answers what it has to send.
  func run() -> [UInt8] {
    var sent: [UInt8] = []
    while let event = engine.next(through: &buffer) {
      sent += engine.takeCiphertext()
      if case .received(let more) = event, case .received(let before) = events.last {
        events[events.count - 1] = .received(before + more)
      } else {
        events.append(event)
      }
    }
    return sent + engine.takeCiphertext()
  }

  /// Has both ends take new keys with what it sends next.
  func askForNewKeys() {
    unsafe SSL_key_update(engine.connection, SSL_KEY_UPDATE_REQUESTED)
  }

  /// Gives it bytes, so many at a time.
  func give(_ bytes: [UInt8], at count: Int = .max) -> [UInt8] {
    var sent: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      engine.take(rest.prefix(count))
      rest = rest.dropFirst(count)
      sent += run()
    }
    return sent
  }

  var peer: TLSPeer? {
    for case .secured(let peer) in events { return peer }
    return nil
  }

  var received: [UInt8] { events.reduce(into: []) { if case .received(let bytes) = $1 { $0 += bytes } } }

  var error: TLSError? {
    if case .failed(let error)? = events.last { return error }
    return nil
  }
}

/// Two engines, with nothing between them but what a test does there.
struct EnginePair {
  let client: EngineEnd
  let server: EngineEnd

  init(_ client: TLSContext, _ server: TLSContext) throws {
    self.client = try EngineEnd(client)
    self.server = try EngineEnd(server)
  }

  /// Carries over all that there is, so many bytes at a time, until both are silent.
  func run(at count: Int = .max) {
    var toServer = client.run()
    var toClient = server.run()
    while !toServer.isEmpty || !toClient.isEmpty {
      let answer = server.give(toServer, at: count)
      toServer = client.give(toClient, at: count)
      toClient = answer
    }
  }
}

/// Two hosts of one loop, joined by a secured stream.
func withSecuredEnds(
  _ manner: Host.Manner = .listens,
  client name: String? = "client",
  limits: StreamLimits = StreamLimits(),
  _ body: (_ client: Host, _ server: Host) async throws -> Void
) async throws {
  try await withCertificates { folder in
    try await withLoop { loop in
      let server = Host(on: loop, manner, security: try folder.server(protocols: ["ipc/1"]))
      let client = Host(on: loop, security: try folder.client(name, protocols: ["ipc/1"]))
      try await client.take(try await server.take(limits), limits)
      try await body(client, server)
    }
  }
}

/// An engine of a test's own, at the other end of a secured stream.
func run(_ end: EngineEnd, over socket: PairedEnd, until isDone: (EngineEnd) -> Bool) async throws {
  try await eventually {
    try await socket.give(end.run())
    try await socket.give(end.give(try socket.take()))
    return isDone(end)
  }
}
