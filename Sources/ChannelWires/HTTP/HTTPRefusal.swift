// Why a request is not taken.

/// What is wrong with what came. It is unknown where a next request would begin, so the connection ends with the answer.
package enum HTTPRefusal: Error, Sendable, Hashable {
  /// The head is longer than it may be.
  case headTooLong
  /// The body is, or says that it will be.
  case bodyTooLong
  /// It is none that is understood there, see `HTTPMethod`.
  case unknownMethod
  /// Neither HTTP/1.0 nor HTTP/1.1.
  case unknownVersion
  /// A request of HTTP/1.1 names exactly one host, and none of 1.0 more than one.
  case notOneHost
  /// Its length is said twice, or in two ways: two programs could take it for two different requests.
  case lengthSaidTwice
  /// A body that comes in any other way than in chunks.
  case unknownEncoding
  /// Something else is not as it must be; in the words of whoever found it.
  case malformed(String)

  package var status: HTTPStatus {
    switch self {
    case .headTooLong: .headTooLarge
    case .bodyTooLong: .tooLarge
    case .unknownMethod, .unknownEncoding: .notImplemented
    case .unknownVersion: .versionNotSupported
    case .notOneHost, .lengthSaidTwice, .malformed: .badRequest
    }
  }

  /// What to tell whoever sent it.
  package var text: String {
    switch self {
    case .headTooLong: "the head of the request is too long"
    case .bodyTooLong: "the body of the request is too long"
    case .unknownMethod: "the method is none that is understood here"
    case .unknownVersion: "only HTTP/1.0 and HTTP/1.1 are spoken here"
    case .notOneHost: "a request names exactly one host"
    case .lengthSaidTwice: "the length of the body is said twice"
    case .unknownEncoding: "a body comes with its length, or in chunks"
    case .malformed(let words): "the request is malformed: \(words)"
    }
  }
}
