import Testing

@testable import ChannelBridge

/// Whose readers are called how.
@Suite struct AccessReaderTests {
  private static let names = [
    "a", "b", "a.b", "b.c", ".", "..", ".a", "a.", "a..b", "token.a.b", "token.a", "user.0.a",
  ]

  /// Whatever visitors and readers are called, no two of them meet.
  @Test func nobodyHasTheReaderOfAnother() {
    var identities: [AccessIdentity] = [.anonymous, .process(user: 0, process: 1), .process(user: 1, process: 1)]
    identities += ["a", "b", "a.b", "a..b", "a.b.c", "user.0"].map(AccessIdentity.token)
    identities += [.certificate(["a"]), .certificate(["b"])]
    var owners: [String: AccessIdentity] = [:]
    for identity in identities {
      for name in Self.names {
        let reader = identity.reader(name)
        #expect(owners.updateValue(identity, forKey: reader) == nil, "\(reader)")
        #expect(AccessIdentity.owner(ofReader: reader) == identity.readerPart, "\(reader)")
      }
    }
    #expect(owners.count == identities.count * Self.names.count)
  }

  @Test func theNamesOfMostAreAsTheySaid() {
    #expect(AccessIdentity.anonymous.reader("page") == "page")
    #expect(AccessIdentity.token("ann").reader("page") == "token.ann.page")
    #expect(AccessIdentity.token("ann").reader("page.1") == "token.ann.page..1")
  }
}
