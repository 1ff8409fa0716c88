// Why a WebSocket ends, as a number.

/// A reason that may stand in a frame (RFC 6455, 7.4, and what was registered since); 1005, 1006 and 1015 say what one
/// end thinks and are never sent.
package struct WebSocketCloseCode: Sendable, Hashable {
  package let rawValue: UInt16

  package static let normal = Self(known: 1000)
  /// The server is about to stop, or somebody has left the page.
  package static let goingAway = Self(known: 1001)
  package static let protocolError = Self(known: 1002)
  /// A text that is no text.
  package static let invalidText = Self(known: 1007)
  /// Whoever asks for something must not have it, and need not ask again.
  package static let forbidden = Self(known: 1008)
  package static let tooBig = Self(known: 1009)
  package static let later = Self(known: 1013)
  /// As 401 of HTTP: who is that?
  package static let unknown = Self(known: 4401)
  /// As 409: there is another one in the same place.
  package static let replaced = Self(known: 4409)

  /// Nil for what nobody may send: from 3000 on they belong to libraries and applications.
  package init?(_ rawValue: UInt16) {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: self.init(known: rawValue)
    default: return nil
    }
  }

  private init(known rawValue: UInt16) {
    self.rawValue = rawValue
  }
}

extension WebSocketCloseCode {
  /// What whoever is left by it should know; nil where nothing is wrong.
  var words: String? {
    switch self {
    case .normal, .goingAway: nil
    case .unknown: "a token is missing, or none that is known there"
    case .forbidden: "it is not permitted, or not there"
    case .replaced: "another has come by the same name"
    case .later: "there is no room for now"
    case .tooBig: "a message is too long there"
    case .protocolError, .invalidText: "what it got cannot be read there"
    default: "it has left"
    }
  }
}
