import ChannelBridge
@testable import ChannelSockets
import LinuxIO
import TestSupport
import Testing

@Suite("Who somebody is") struct AccessIdentityTests {
  @Test(arguments: [
    (AccessIdentity.anonymous, "anonymous"), (.token("ci"), "token ci"),
    (.certificate(["bridge.example.org", "b"]), "certificate of bridge.example.org"),
    (.certificate([]), "certificate of nobody by name"),
    (.process(user: 1_000, process: 4_711), "process 4711 of user 1000"),
    (.certificate(["a\nroot is in\u{202E}"]), "certificate of a\u{FFFD}root is in\u{FFFD}"),
  ])
  func isSaidInAFewWords(identity: AccessIdentity, words: String) {
    #expect("\(identity)" == words)
  }

  @Test func doesNotFillTheLog() {
    let identity = AccessIdentity.certificate([String(repeating: "x", count: 100_000)])
    #expect("\(identity)".utf8.count < 200)
  }

  @Test func hasEachNameOfACertificateOnce() {
    let identity = TLSIdentity(
      commonName: "Build",
      names: ["build.example.org", "Build"],
      identifiers: ["spiffe://example.org/build"],
      fingerprint: "00"
    )
    #expect(
      AccessIdentity(identity) == .certificate(["Build", "build.example.org", "spiffe://example.org/build"])
    )
    let nameless = TLSIdentity(commonName: nil, names: [], identifiers: [], fingerprint: "00")
    #expect(AccessIdentity(nameless) == .certificate([]))
  }

  @Test func isWhatTheKernelSays() {
    #expect(AccessIdentity(PeerCredentials(process: 7, user: 1_000, group: 5)) == .process(user: 1_000, process: 7))
  }
}
