import ChannelWires
import Testing

@Suite("An upgrade of HTTP") struct HTTPUpgradeTests {
  private let asking = "GET /1 HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
  private let plain = "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"

  private func targets(_ events: [HTTPRequestReader.Event]) -> [String] {
    events.map { if case .request(let request) = $0 { request.target } else { "refused" } }
  }

  private func asksForUpgrade(_ lines: String, first: String = "GET / HTTP/1.1") -> Bool? {
    var reader = HTTPRequestReader(bodyLimit: 10)
    let events = reader.take(Array("\(first)\r\nHost: a\r\n\(lines)\r\n".utf8))
    guard case .request(let request) = events.first else { return nil }
    return request.asksForUpgrade
  }

  @Test func isAskedForByTwoHeaders() {
    #expect(asksForUpgrade("Upgrade: x\r\nConnection: upgrade\r\n") == true)
    #expect(asksForUpgrade("Upgrade: x\r\nConnection: keep-alive, Upgrade\r\n") == true)
    #expect(asksForUpgrade("Upgrade: x\r\nConnection: a\r\nConnection: Upgrade\r\n") == true)
    #expect(asksForUpgrade("Upgrade: x\r\n") == false)
    #expect(asksForUpgrade("Connection: Upgrade\r\n") == false)
    #expect(asksForUpgrade("Upgrade:\r\nConnection: Upgrade\r\n") == false)
    #expect(asksForUpgrade("Upgrade: x\r\nConnection: keep-alive\r\n") == false)
    #expect(asksForUpgrade("Upgrade: x\r\nConnection: Upgrade\r\n", first: "GET / HTTP/1.0") == false)
  }

  @Test func handsOverWhatCameBehindIt() {
    let bytes = Array((plain + asking).utf8)
    let rest: [UInt8] = [0x81, 0x80, 1, 2, 3, 4, 0x0D, 0x0A]
    let all = bytes + rest
    for cut in all.indices {
      var reader = HTTPRequestReader(bodyLimit: 10, stopsAtUpgrade: true)
      let events = reader.take(Array(all[..<cut])) + reader.take(Array(all[cut...]))
      #expect(targets(events) == ["/2", "/1"])
      #expect(reader.isWaiting && !reader.isWithinRequest)
      #expect(reader.takeRest() == rest)
      #expect(!reader.isWaiting)
      #expect(reader.takeRest() == [])
      #expect(reader.take(Array(plain.utf8)).isEmpty)
    }
    var single = HTTPRequestReader(bodyLimit: 10, stopsAtUpgrade: true)
    #expect(targets(all.flatMap { single.take([$0]) }) == ["/2", "/1"])
    #expect(single.takeRest() == rest)
  }

  @Test func isNothingToWhoeverKnowsNone() {
    var reader = HTTPRequestReader(bodyLimit: 10)
    let events = reader.take(Array((asking + plain).utf8))
    #expect(targets(events) == ["/1", "/2"])
    #expect(events.allSatisfy { if case .request(let request) = $0 { request.keepsAlive } else { false } })
  }

  @Test func comesBehindTheBodyOfItsRequest() {
    let head = "POST /3 HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: Upgrade\r\n"
    for request in [
      head + "Content-Length: 2\r\n\r\nab", head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    ] {
      let all = Array((request + "rest").utf8)
      for cut in all.indices {
        var reader = HTTPRequestReader(bodyLimit: 10, stopsAtUpgrade: true)
        let events = reader.take(Array(all[..<cut])) + reader.take(Array(all[cut...]))
        #expect(targets(events) == ["/3"])
        #expect(events.map { if case .request(let request) = $0 { request.body } else { [] } } == [Array("ab".utf8)])
        #expect(reader.takeRest() == Array("rest".utf8))
      }
    }
  }
}
