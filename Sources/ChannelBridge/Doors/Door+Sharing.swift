// Pages of elsewhere.

internal import ChannelWires

extension Door {
  /// Answers a browser that asks whether a page of a listed origin may ask for something. It shows nothing yet of whoever
  /// sits before it: who that is counts when it asks.
  func allowance(for request: HTTPRequest, _ thing: DoorTarget.Thing) throws(DoorAccess.Refusal) -> HTTPResponse {
    try access.checkWays(of: request)
    let sharing = access.sharing(with: request)
    guard !sharing.isEmpty, !request.values(of: "Access-Control-Request-Method").isEmpty else {
      let words = "OPTIONS is for browsers that ask for pages of listed origins\n"
      return HTTPResponse(
        .methodNotAllowed,
        text: words,
        headers: [thing.isPosted ? .allowOnlyPosting : .allowOnlyReading]
      )
    }
    let headers = [
      HTTPHeader("Access-Control-Allow-Methods", thing.isPosted ? "POST" : "GET, HEAD"),
      HTTPHeader("Access-Control-Allow-Headers", "Content-Type, Authorization, Transom-Timeout, Last-Event-ID"),
      // In seconds. What it asks then is looked at all the same.
      HTTPHeader("Access-Control-Max-Age", "600"),
    ]
    return HTTPResponse(.ok, text: "", headers: HTTPHeader.ofDoors + sharing + headers.compactMap(\.self))
  }
}

extension DoorAccess {
  /// What tells a browser that the page that asks may read the answer, where its origin is listed. No cookies go with
  /// it: whoever asks shows who he is himself.
  func sharing(with request: HTTPRequest) -> [HTTPHeader] {
    let origins = request.values(of: "Origin")
    guard origins.count == 1, self.origins.lists(origins[0]),
      let header = HTTPHeader("Access-Control-Allow-Origin", origins[0])
    else { return [] }
    return [header, .variesByOrigin]
  }
}
