// Pages of elsewhere.

internal import ChannelWires

extension Door {
  /// Answers a browser that asks whether a page of a listed origin may ask for something. It shows nothing yet of whoever
  /// sits before it: who that is counts when it asks.
  func allowance(for request: HTTPRequest, _ thing: DoorTarget.Thing) throws(DoorAccess.Refusal) -> HTTPResponse {
    try access.checkWays(of: request)
    guard access.isAskedAhead(by: request) else {
      let words = "OPTIONS is for browsers that ask for pages of listed origins\n"
      return HTTPResponse(
        .methodNotAllowed,
        text: words,
        headers: [thing.isPosted ? .allowOnlyPosting : .allowOnlyReading]
      )
    }
    let methods =
      thing.isPassedOn ? "GET, HEAD, POST, PUT, PATCH, DELETE" : thing.isPosted ? "POST" : "GET, HEAD"
    let headers = [
      HTTPHeader("Access-Control-Allow-Methods", methods),
      HTTPHeader("Access-Control-Allow-Headers", "Content-Type, Authorization, Transom-Timeout, Last-Event-ID"),
      // In seconds. What it asks then is looked at all the same.
      HTTPHeader("Access-Control-Max-Age", "600"),
    ]
    return HTTPResponse(
      .ok,
      text: "",
      headers: HTTPHeader.ofDoors + access.sharing(with: request) + headers.compactMap(\.self)
    )
  }
}

extension DoorAccess {
  /// Whether a browser asks for a page of a listed origin whether that may ask.
  func isAskedAhead(by request: HTTPRequest) -> Bool {
    !sharing(with: request).isEmpty && !request.values(of: "Access-Control-Request-Method").isEmpty
  }

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
