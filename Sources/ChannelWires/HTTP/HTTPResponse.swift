// What a server answers.

/// A whole answer.
package struct HTTPResponse: Sendable, Hashable {
  package let status: HTTPStatus
  /// Beside those that follow from the rest: the body's length, and whether the connection goes on.
  package var headers: [HTTPHeader]
  package let body: [UInt8]

  package init(_ status: HTTPStatus, _ type: HTTPContentType, _ body: [UInt8], headers: [HTTPHeader] = []) {
    self.status = status
    self.headers = [.contentType(type)] + headers
    self.body = body
  }

  /// An answer for people.
  package init(_ status: HTTPStatus, text: String, headers: [HTTPHeader] = []) {
    self.init(status, .text, Array(text.utf8), headers: headers)
  }

  /// The answer to what was refused.
  package init(_ refusal: HTTPRefusal) {
    self.init(refusal.status, text: refusal.text + "\n")
  }

  /// The head alone, behind which comes a body that ends with the connection.
  package func encodedOpenHead() -> [UInt8] {
    HTTPHeader.head("HTTP/1.1 \(status.rawValue) \(status.phrase)", headers + [.close])
  }

  /// Its bytes: the answer to a request, or to something that was none; to HEAD without the body.
  package func encoded(answering request: HTTPRequest?, keepsAlive: Bool) -> [UInt8] {
    var all = headers + [.contentLength(body.count)]
    if !keepsAlive {
      all.append(.close)
    } else if request?.isOld == true {
      all.append(.keepAlive)
    }
    var bytes = HTTPHeader.head("HTTP/1.1 \(status.rawValue) \(status.phrase)", all)
    if request?.method != .head { bytes += body }
    return bytes
  }
}
