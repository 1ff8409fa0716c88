// Answers out of bytes as they come.

/// Reads the answers of a server of HTTP/1.0 or 1.1, one after the other, however they are cut into pieces, and as
/// strictly as `HTTPRequestReader` reads requests. What is refused ends all.
package struct HTTPResponseReader {
  /// What came.
  package enum Event: Sendable, Hashable {
    case answer(HTTPAnswer)
    /// Nothing more is read.
    case refused(HTTPAnswerRefusal)
  }

  private enum State {
    case head(HTTPHeadBuffer)
    case body(HTTPParser)
    /// Another protocol is spoken from here on; this came of it.
    case switched([UInt8])
    case over
  }

  private let bodyLimit: Int
  private var state = State.head(HTTPHeadBuffer())
  /// Requests that were sent and have no answer yet, the oldest first.
  private var asked: [HTTPMethod] = []

  package init(bodyLimit: Int) {
    self.bodyLimit = bodyLimit
  }

  /// A request of this method goes out: an answer is to come, behind those that were asked for before.
  package mutating func expect(_ method: HTTPMethod) {
    asked.append(method)
  }

  /// Whether an answer is still to come, or to end.
  package var isWaiting: Bool {
    switch state {
    case .head(let head): !asked.isEmpty || !head.isEmpty
    case .body: true
    case .switched, .over: false
    }
  }

  /// Takes what came, and gives the answers that are whole with it. Those that only say that one is to come are passed
  /// over; one that switches to another protocol is the last, and the rest is for `takeRest`.
  package mutating func take(_ bytes: [UInt8]) -> [Event] {
    var events: [Event] = []
    do throws(HTTPAnswerRefusal) {
      var rest = bytes[...]
      while !rest.isEmpty, let answer = try next(&rest) { events.append(.answer(answer)) }
    } catch {
      events.append(.refused(error))
      state = .over
    }
    return events
  }

  /// The stream has ended: gives the answer that ended with it, or what is wrong with that.
  package mutating func end() -> [Event] {
    defer { if !isSwitched { state = .over } }
    switch state {
    case .head where isWaiting: return [.refused(.cutShort)]
    case .body(let parser): return [parser.endsWithStream ? .answer(parser.answer) : .refused(.cutShort)]
    case .head, .switched, .over: return []
    }
  }

  /// Whether another protocol is spoken now. All that is taken is kept, so nothing should be read before `takeRest`.
  package var isSwitched: Bool {
    if case .switched = state { true } else { false }
  }

  /// What came behind the answer that switched; from here on nothing is read.
  package mutating func takeRest() -> [UInt8] {
    guard case .switched(let rest) = state else { return [] }
    state = .over
    return rest
  }

  /// The next answer that is whole; nil when all was taken.
  private mutating func next(_ rest: inout ArraySlice<UInt8>) throws(HTTPAnswerRefusal) -> HTTPAnswer? {
    while true {
      switch state {
      case .over:
        rest = []
        return nil
      case .switched(let kept):
        state = .switched(kept + rest)
        rest = []
        return nil
      case .head(var buffer):
        guard !rest.isEmpty else { return nil }
        guard let method = asked.first else { throw .unasked }
        // So that there is one owner, and what comes in many pieces is not copied for each.
        state = .over
        guard let parser = try Self.takeHead(&rest, &buffer, method, bodyLimit) else {
          state = .head(buffer)
          return nil
        }
        state = .body(parser)
      case .body(var parser):
        state = .over
        try Self.takeBody(&rest, &parser)
        guard parser.isComplete else {
          state = .body(parser)
          return nil
        }
        let answer = parser.answer
        guard answer.status >= 200 || answer.status == 101 else {
          state = .head(HTTPHeadBuffer())
          continue
        }
        asked.removeFirst()
        if answer.status == 101 {
          state = .switched([])
        } else if answer.keepsAlive {
          state = .head(HTTPHeadBuffer())
        }
        return answer
      }
    }
  }

  private static func takeHead(
    _ rest: inout ArraySlice<UInt8>,
    _ buffer: inout HTTPHeadBuffer,
    _ method: HTTPMethod,
    _ bodyLimit: Int
  ) throws(HTTPAnswerRefusal) -> HTTPParser? {
    do throws(HTTPRefusal) {
      guard let head = try buffer.take(&rest) else { return nil }
      var parser = HTTPParser(.answer(to: method), bodyLimit: bodyLimit)
      try parser.takeAnswerHead(head)
      return parser
    } catch {
      throw .misshapen(error)
    }
  }

  private static func takeBody(
    _ rest: inout ArraySlice<UInt8>,
    _ parser: inout HTTPParser
  ) throws(HTTPAnswerRefusal) {
    do throws(HTTPRefusal) {
      try parser.takeBody(&rest)
    } catch {
      throw .misshapen(error)
    }
  }
}

extension HTTPParser {
  /// The answer, once it is complete, or the stream is.
  fileprivate var answer: HTTPAnswer {
    HTTPAnswer(status: status, isOld: isOld, headers: headers, body: body, keepsAlive: keepsAlive)
  }
}
