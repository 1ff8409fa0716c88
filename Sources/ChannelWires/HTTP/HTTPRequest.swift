// What a client asks.

/// A whole request.
package struct HTTPRequest: Sendable, Hashable {
  package let method: HTTPMethod
  /// What is asked for, as it was written: a path, with a query behind it or not.
  package let target: String
  /// Whether it is of HTTP/1.0.
  package let isOld: Bool
  package let headers: [HTTPHeader]
  package let body: [UInt8]
  /// Whether another request may follow on the connection.
  package let keepsAlive: Bool

  /// One that was read, or that may be written.
  init(
    method: HTTPMethod,
    target: String,
    isOld: Bool,
    headers: [HTTPHeader],
    body: [UInt8],
    keepsAlive: Bool
  ) {
    self.method = method
    self.target = target
    self.isOld = isOld
    self.headers = headers
    self.body = body
    self.keepsAlive = keepsAlive
  }

  /// What is asked for, without the query.
  package var path: Substring { target.prefix { $0 != "?" } }

  /// The values of a header, in their order.
  package func values(of name: String) -> [String] { headers.values(of: name) }

  /// Whether another protocol is asked for behind it; of HTTP/1.0 that means nothing (RFC 9110, 7.8).
  package var asksForUpgrade: Bool {
    !isOld && !headers.words(of: "Upgrade").isEmpty && headers.hasWord("upgrade", in: "Connection")
  }
}
