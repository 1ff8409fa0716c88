// What a server answers.

/// A whole answer.
package struct HTTPResponse: Sendable, Hashable {
  /// A number of three digits; see `HTTPStatus` for those that are sent of our own.
  package let code: Int
  /// Beside those that follow from the rest: the body's length, and whether the connection goes on.
  package var headers: [HTTPHeader]
  package let body: [UInt8]

  package init(_ status: HTTPStatus, _ type: HTTPContentType, _ body: [UInt8], headers: [HTTPHeader] = []) {
    code = status.rawValue
    self.headers = [.contentType(type)] + headers
    self.body = body
  }

  /// An answer of somebody else, to be passed on.
  package init(code: Int, headers: [HTTPHeader], body: [UInt8]) {
    self.code = code
    self.headers = headers
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
    HTTPHeader.head(statusLine, headers + [.close])
  }

  /// Its bytes: the answer to a request, or to something that was none; to HEAD without the body.
  package func encoded(answering request: HTTPRequest?, keepsAlive: Bool) -> [UInt8] {
    // Where there is never a body, a length would be none of an answer (RFC 9110, 8.6).
    var all = headers + (code == 204 || code == 304 ? [] : [.contentLength(body.count)])
    if !keepsAlive {
      all.append(.close)
    } else if request?.isOld == true {
      all.append(.keepAlive)
    }
    var bytes = HTTPHeader.head(statusLine, all)
    if request?.method != .head { bytes += body }
    return bytes
  }

  /// The words beside a number may be missing (RFC 9112, 4).
  private var statusLine: String { "HTTP/1.1 \(code) \(HTTPStatus(rawValue: code)?.phrase ?? "")" }
}
