// What a client wants done.

/// The methods that are known here; all others are refused.
package enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
  case get = "GET"
  /// As GET, but only the head of the answer.
  case head = "HEAD"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
  /// What may be done there, as browsers ask before they do it for a page of elsewhere.
  case options = "OPTIONS"

  /// Those that servers understand which have things of their own only.
  package static let usual: Set<HTTPMethod> = [.get, .head, .post, .options]

  /// Whether a body belongs to it, so that its length is said where there is none too (RFC 9110, 8.6).
  var expectsBody: Bool {
    switch self {
    case .post, .put, .patch: true
    case .get, .head, .delete, .options: false
    }
  }
}
