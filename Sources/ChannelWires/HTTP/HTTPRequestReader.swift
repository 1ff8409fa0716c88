// Requests out of bytes as they come.

/// Reads requests of HTTP/1.0 and 1.1, one after the other, however they are cut into pieces.
///
/// The lines of a head are looked at here, in the strictest way, before http-parser is asked what they mean: it lets
/// pass what some programs read in one way and some in another. What is refused ends all.
package struct HTTPRequestReader {
  /// What came.
  package enum Event: Sendable, Hashable {
    case request(HTTPRequest)
    /// Nothing more is read.
    case refused(HTTPRefusal)
  }

  private enum State {
    case head(HTTPHeadBuffer)
    case body(HTTPParser)
    /// A request has asked for an upgrade; this came behind it.
    case waiting([UInt8])
    case over
  }

  /// How long a head may be, with the empty line at its end.
  package static let headLimit = HTTPHeadBuffer.limit

  private let bodyLimit: Int
  private let methods: Set<HTTPMethod>
  private let stopsAtUpgrade: Bool
  private var state = State.head(HTTPHeadBuffer())

  /// Whoever knows an upgrade stops at a request that asks for one, since what follows may be no HTTP any more: that is
  /// for `takeRest`. All others read on, as if nothing had been asked (RFC 9110, 7.8).
  package init(bodyLimit: Int, methods: Set<HTTPMethod> = HTTPMethod.usual, stopsAtUpgrade: Bool = false) {
    self.bodyLimit = bodyLimit
    self.methods = methods
    self.stopsAtUpgrade = stopsAtUpgrade
  }

  /// Whether something came of a request that is not whole yet.
  package var isWithinRequest: Bool {
    switch state {
    case .head(let head): !head.isEmpty
    case .body: true
    case .waiting, .over: false
    }
  }

  /// Whether the last request asked for an upgrade, and nobody has said yet what is to become of it. All that is taken
  /// meanwhile is kept, so nothing should be read.
  package var isWaiting: Bool {
    if case .waiting = state { true } else { false }
  }

  /// Takes what came, and gives the requests that are whole with it.
  package mutating func take(_ bytes: [UInt8]) -> [Event] {
    var events: [Event] = []
    do throws(HTTPRefusal) {
      var rest = bytes[...]
      while !rest.isEmpty, let request = try next(&rest) { events.append(.request(request)) }
    } catch {
      events.append(.refused(error))
      state = .over
    }
    return events
  }

  /// The request whose body is still to come, as far as it is there; nil where nothing came of the next one, or only of its
  /// head.
  package var head: HTTPRequest? {
    if case .body(let parser) = state { parser.request } else { nil }
  }

  /// The upgrade is made: gives what came behind the request, and reads nothing more.
  package mutating func takeRest() -> [UInt8] {
    guard case .waiting(let rest) = state else { return [] }
    state = .over
    return rest
  }

  /// The next request that is whole; nil when all was taken.
  private mutating func next(_ rest: inout ArraySlice<UInt8>) throws(HTTPRefusal) -> HTTPRequest? {
    while true {
      switch state {
      case .over:
        rest = []
        return nil
      case .waiting(let kept):
        state = .waiting(kept + rest)
        rest = []
        return nil
      case .head(var buffer):
        // So that there is one owner, and what comes in many pieces is not copied for each.
        state = .over
        guard let head = try buffer.take(&rest) else {
          state = .head(buffer)
          return nil
        }
        var parser = HTTPParser(.request, bodyLimit: bodyLimit)
        // One empty line before a request is passed over (RFC 9112, 2.2).
        try parser.takeHead(head.starts(with: [0x0D, 0x0A]) ? head.dropFirst(2) : head, methods: methods)
        state = .body(parser)
      case .body(var parser):
        state = .over
        try parser.takeBody(&rest)
        guard parser.isComplete else {
          state = .body(parser)
          return nil
        }
        let request = parser.request
        state = stopsAtUpgrade && request?.asksForUpgrade == true ? .waiting([]) : .head(HTTPHeadBuffer())
        return request
      }
    }
  }
}

extension HTTPParser {
  /// The request, once it is complete.
  fileprivate var request: HTTPRequest? {
    guard let target, let method else { return nil }
    return HTTPRequest(
      method: method,
      target: target,
      isOld: isOld,
      headers: headers,
      body: body,
      keepsAlive: keepsAlive
    )
  }
}
