// Why a client gets no WebSocket.

/// What a server has answered in place of opening one.
package enum WebSocketGreetingFault: Error, Sendable, Hashable {
  /// It cannot be read, or ends too early.
  case answer(HTTPAnswerRefusal)
  /// It says nothing.
  case silent
  /// It says no, in its words where it has some.
  case opening(WebSocketOpeningRefusal, words: String)

  /// What to tell whoever had asked.
  package var text: String {
    switch self {
    case .answer(let refusal): refusal.text
    case .silent: "the server has not answered in time"
    case .opening(let refusal, let words): words.isEmpty ? refusal.text : "\(refusal.text): \(words)"
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .opening(.status(401), _): "a token is missing, or none that is known there; see --token"
    case .opening(.status(403), _): "who comes is known and must not; look at what the token permits there"
    case .opening(.status(404), _), .opening(.status(300..<400), _):
      "look at the path; that of a door of transom is /channels/NAME/socket"
    case .opening(.status(429), _), .opening(.status(500..<600), _): "try again later, and look at the server's log"
    case .answer, .silent, .opening:
      "look at host, port and path: is a WebSocket spoken there? wss: is with TLS, ws: without"
    }
  }
}
