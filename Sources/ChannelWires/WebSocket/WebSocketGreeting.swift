// A client's way into a WebSocket.

/// Asks a server to open a WebSocket, and reads what it answers, however that is cut into pieces.
package struct WebSocketGreeting {
  /// What has come of it.
  package enum Outcome: Sendable, Hashable {
    case pending
    /// Frames are spoken from here on; this came already.
    case opened(rest: [UInt8])
    case refused(WebSocketGreetingFault)
  }

  /// So long an answer may be that opens nothing; it is read for the words in it.
  private static let bodyLimit = 64 << 10

  private let opening: WebSocketOpening
  private var reader = HTTPResponseReader(bodyLimit: WebSocketGreeting.bodyLimit)

  package init(_ opening: WebSocketOpening) {
    self.opening = opening
    reader.expect(.get)
  }

  /// To be sent first.
  package var request: [UInt8] { opening.request.encoded() }

  /// Takes what came.
  package mutating func take(_ bytes: [UInt8]) -> Outcome { outcome(of: reader.take(bytes)) }

  /// Nothing more comes.
  package mutating func end() -> Outcome {
    let outcome = outcome(of: reader.end())
    return outcome == .pending ? .refused(.answer(.cutShort)) : outcome
  }

  private mutating func outcome(of events: [HTTPResponseReader.Event]) -> Outcome {
    switch events.first {
    case nil: return .pending
    case .refused(let refusal): return .refused(.answer(refusal))
    case .answer(let answer):
      do throws(WebSocketOpeningRefusal) {
        // Whatever it chose of what was asked for: a message is a text in all of it.
        _ = try opening.subprotocol(of: answer)
        return .opened(rest: reader.takeRest())
      } catch {
        return .refused(.opening(error, words: Self.words(of: answer)))
      }
    }
  }

  /// What the server says beside, on its first line.
  private static func words(of answer: HTTPAnswer) -> String {
    let elsewhere = answer.values(of: "Location").first.map { "it sends to \($0)" }
    let isText = answer.values(of: "Content-Type").contains { !$0.lowercased().contains("html") }
    let line = String(decoding: answer.body, as: UTF8.self).split(whereSeparator: \.isNewline).first
    return elsewhere ?? (isText ? line.map(String.init) : nil) ?? ""
  }
}
