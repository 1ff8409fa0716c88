internal import ChannelWires

extension FuzzTarget {
  /// A connection of HTTP: the first byte says where the rest is cut in two.
  ///
  /// Memory: a request of 18 bytes, which HTTP/1.0 allows, has an entry of 88 in an array that doubles, a buffer for its
  /// head, which doubles as it grows, and one for its target.
  static let requests = FuzzTarget(
    name: "requests",
    maximumLength: 1_024,
    allocationBase: 128 << 10,
    allocationPerByte: 512,
    seeds: ["http"]
  ) { bytes in
    guard let first = bytes.first else { return }
    let text = uncounted { Array(bytes.dropFirst()) }
    var whole = HTTPRequestReader(bodyLimit: 64)
    let events = whole.take(text)
    uncounted {
      let cut = min(Int(first), text.count)
      var parts = HTTPRequestReader(bodyLimit: 64)
      check(parts.take(Array(text[..<cut])) + parts.take(Array(text[cut...])) == events, "a cut changes nothing")
      check(parts.isWithinRequest == whole.isWithinRequest, "it ends where it ended")
      var single = HTTPRequestReader(bodyLimit: 64)
      check(text.flatMap { single.take([$0]) } == events, "pieces change nothing")
      for case .request(let request) in events { check(request) }
      check(events.dropLast().allSatisfy { if case .request = $0 { true } else { false } }, "a refusal is the last")
    }
  }

  private static func check(_ request: HTTPRequest) {
    check(request.target.hasPrefix("/"), "a target begins at the root")
    check(request.body.count <= 64, "the limit holds")
    check(request.isOld || request.values(of: "Host").count == 1, "there is one host")
    let lengths = request.values(of: "Content-Length").count + request.values(of: "Transfer-Encoding").count
    check(lengths <= 1, "a length is said once")
    check(lengths == 1 || request.body.isEmpty, "a body has a length")
    check(request.headers.allSatisfy { HTTPHeader($0.name, $0.value) == $0 }, "what was read can be written")
    for keepsAlive in [true, false] {
      let bytes = HTTPResponse(.ok, text: "x").encoded(answering: request, keepsAlive: keepsAlive)
      check(bytes.last == (request.method == .head ? 0x0A : UInt8(ascii: "x")), "HEAD has no body")
    }
  }

  private static func check(_ condition: Bool, _ claim: String) {
    if !condition { fatalError("fuzz: \(claim)") }
  }
}
