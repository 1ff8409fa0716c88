// A request of HTTP, for a program that has only files.

package import ChannelMessages
package import ChannelWires

/// What the program behind a gateway is asked: the whole request, with nothing in it that is for the door alone.
package struct GatewayRequest: Hashable, Sendable {
  /// As the channel is asked.
  static let channelMethod = "http"

  private let method: HTTPMethod
  private let path: String
  private let query: String
  private let headers: [HTTPHeader]
  private let body: [UInt8]

  /// `path` and `query` are what the door leaves of the target; a token is the door's where it has some.
  package init(_ request: HTTPRequest, path: String, query: String, hidingTokens: Bool) {
    method = request.method
    self.path = path
    self.query = query
    headers = request.headers.endToEnd.filter { !hidingTokens || !$0.tellsTokens }
    body = request.body
  }

  /// The payload: the body as text where it is one, and as Base64 otherwise.
  package var payload: JSONText {
    var writer = JSONWriter(reservingCapacity: 512 + body.count)
    writer.beginObject()
    writer.key("method")
    writer.string(method.rawValue)
    writer.key("path")
    writer.string(path)
    writer.key("query")
    writer.string(query)
    writer.key("headers")
    writer.beginArray()
    for header in headers {
      writer.beginArray()
      writer.string(header.name)
      writer.string(header.value)
      writer.endArray()
    }
    writer.endArray()
    if UTF8Check.firstInvalid(body.span) == nil {
      writer.key("body")
      writer.string(utf8: body.span)
    } else {
      writer.key("body_base64")
      writer.string(Base64.text(of: body))
    }
    writer.endObject()
    return JSONText(trusted: writer.bytes)
  }
}

extension HTTPHeader {
  /// Whether a token stands in it, which is shown to the door and to nobody behind it. A page that was asked for with a
  /// token in its query names that as where the next request comes from.
  fileprivate var tellsTokens: Bool {
    if isNamed("Authorization") { return value.lowercased().hasPrefix("bearer") }
    return isNamed("Referer") && (value.contains("?token=") || value.contains("&token="))
  }
}
