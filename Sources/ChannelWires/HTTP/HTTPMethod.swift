// What a client wants done.

/// The methods that are understood here; all others are refused.
package enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
  case get = "GET"
  /// As GET, but only the head of the answer.
  case head = "HEAD"
  case post = "POST"
  /// What may be done there, as browsers ask before they do it for a page of elsewhere.
  case options = "OPTIONS"
}
