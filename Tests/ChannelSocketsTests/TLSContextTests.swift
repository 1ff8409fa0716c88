import ChannelSockets
import Glibc
import TestSupport
import Testing

@Suite("What secures connections", .timeLimit(.minutes(1))) struct TLSContextTests {
  private func refusal(_ body: () throws -> TLSContext) -> TLSSettingsError? {
    #expect(throws: TLSSettingsError.self) { _ = try body() }
  }

  @Test func namesAFileThatIsMissing() async throws {
    try await withCertificates { folder in
      let error = refusal { try folder.server("nobody") }
      #expect(error?.file == folder.file("nobody"))
      #expect(error?.description == "\(folder.file("nobody")): there is no such file, or it is where nobody may look")
      let answer = unsafe unlink(folder.key("client"))
      #expect(answer == 0)
      let withoutKey = refusal { try folder.client() }
      #expect(withoutKey?.file == folder.key("client"))
      let withoutTrust = refusal { try folder.client(nil, server: "x") }
      #expect(withoutTrust?.file == folder.file("x"))
    }
  }

  @Test func namesAFileThatIsNotPEM() async throws {
    try await withCertificates { folder in
      RawFiles.write("nothing of the kind\n", to: folder.file("text"))
      RawFiles.write("", to: folder.file("empty"))
      for name in ["text", "empty"] {
        let error = refusal { try folder.server(clients: name) }
        #expect(error?.reason == .notPEM(.certificate))
      }
      RawFiles.write("nothing of the kind\n", to: folder.key("server"))
      let error = refusal { try folder.server() }
      #expect(error?.file == folder.key("server"))
      #expect(error?.reason == .notPEM(.key))
      // A key where a certificate belongs.
      RawFiles.write(RawFiles.read(folder.key("ca")) ?? "", to: folder.file("client"))
      let other = refusal { try folder.client() }
      #expect(other?.reason == .notPEM(.certificate))
    }
  }

  @Test func namesACertificateThatWasDamaged() async throws {
    try await withCertificates { folder in
      let whole = RawFiles.read(folder.file("ca")) ?? ""
      RawFiles.write(whole + whole.prefix(whole.count / 2), to: folder.file("half"))
      RawFiles.write(whole.replacing("M", with: "!"), to: folder.file("damaged"))
      for name in ["half", "damaged"] {
        let error = refusal { try folder.client(server: name) }
        #expect(error?.file == folder.file(name))
        guard case .unusable(let words) = error?.reason else {
          Issue.record("\(name): \(String(describing: error))")
          continue
        }
        #expect(words.hasPrefix(name == "half" ? "certificate 2: " : "certificate 1: "))
      }
    }
  }

  @Test func refusesAKeyThatIsNotTheCertificates() async throws {
    try await withCertificates { folder in
      RawFiles.write(RawFiles.read(folder.key("client")) ?? "", to: folder.key("server"))
      let error = refusal { try folder.server() }
      #expect(error?.file == folder.key("server"))
      #expect(error?.reason == .fitsNot(certificates: folder.file("server")))
    }
  }

  @Test(arguments: [0o604 as UInt32, 0o644, 0o602, 0o601]) func refusesAKeyThatIsOpenToOthers(_ mode: UInt32)
    async throws
  {
    try await withCertificates { folder in
      let answer = unsafe chmod(folder.key("server"), mode)
      #expect(answer == 0)
      let error = refusal { try folder.server() }
      #expect(error?.reason == .openToOthers(permissions: mode))
      #expect(error?.description.hasSuffix("chmod o= \(folder.key("server"))") == true)
    }
  }

  @Test func takesAKeyThatAGroupMayRead() async throws {
    try await withCertificates { folder in
      let answer = unsafe chmod(folder.key("server"), 0o640)
      #expect(answer == 0)
      _ = try folder.server()
    }
  }

  @Test func refusesAnEncryptedKeyAndAsksNobodyForAPassword() async throws {
    try await withCertificates { folder in
      let settings = TLSSettings(
        .server(.init(certificates: folder.file("client"), key: folder.key("encrypted")), clients: nil)
      )
      let error = refusal { try TLSContext(settings) }
      #expect(error?.reason == .encrypted)
    }
  }

  @Test func followsLinksToItsFiles() async throws {
    try await withCertificates { folder in
      for end in ["pem", "key"] {
        let answer = unsafe symlink("server.\(end)", "\(folder.path)/live.\(end)")
        #expect(answer == 0)
      }
      _ = try folder.server("live")
    }
  }

  @Test func refusesADirectoryAndAFileThatIsTooLong() async throws {
    try await withCertificates { folder in
      let answer = unsafe mkdir(folder.file("folder"), 0o700)
      #expect(answer == 0)
      RawFiles.write(String(repeating: "x", count: 1 << 20 + 1), to: folder.file("long"))
      for name in ["folder", "long"] {
        let error = refusal { try folder.client(server: name) }
        #expect(error?.file == folder.file(name))
        if case .unreadable = error?.reason { continue }
        Issue.record("\(name): \(String(describing: error))")
      }
    }
  }
}
