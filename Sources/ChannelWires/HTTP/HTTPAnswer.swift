// What a server has answered.

/// A whole answer, as a client reads it.
package struct HTTPAnswer: Sendable, Hashable {
  /// Any number of three digits; see `HTTPStatus` for those that are sent here.
  package let status: Int
  /// Whether it is of HTTP/1.0.
  package let isOld: Bool
  package let headers: [HTTPHeader]
  package let body: [UInt8]
  /// Whether another request may follow on the connection.
  package let keepsAlive: Bool

  /// The values of a header, in their order.
  package func values(of name: String) -> [String] { headers.values(of: name) }
}
