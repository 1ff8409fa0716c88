// Why an answer is not taken.

/// What is wrong with what a server has answered. It is unknown where a next answer would begin, so the connection
/// ends.
package enum HTTPAnswerRefusal: Error, Sendable, Hashable {
  /// The answer is not of the form that HTTP gives it.
  case misshapen(HTTPRefusal)
  /// Something came that answers no request.
  case unasked
  /// The stream has ended within an answer, or before one that was asked for.
  case cutShort

  /// What to tell whoever had asked.
  package var text: String {
    switch self {
    case .misshapen(let refusal): "the answer cannot be read: \(refusal.words)"
    case .unasked: "the server sent what nobody had asked for"
    case .cutShort: "the connection ended before the answer was whole"
    }
  }
}

extension HTTPRefusal {
  fileprivate var words: String {
    switch self {
    case .headTooLong: "its head is too long"
    case .bodyTooLong: "its body is too long"
    case .unknownVersion: "it is neither of HTTP/1.0 nor of HTTP/1.1"
    case .lengthSaidTwice: "the length of its body is said twice"
    case .unknownEncoding: "its body is encoded in an unknown way"
    case .malformed(let words): words
    case .unknownMethod, .notOneHost: text
    }
  }
}
