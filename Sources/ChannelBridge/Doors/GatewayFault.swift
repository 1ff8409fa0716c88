// Why an answer is not passed on.

/// What is wrong with an answer of the program behind a gateway. It is for whoever runs that: others learn only that
/// something is.
package enum GatewayFault: Error, Hashable, Sendable {
  /// The other side answered with an error, in these words.
  case refused(String)
  /// It is no text, or one that has no UTF-8.
  case noText(String)
  case noBase64
  case noStatus(String)
  case noHeaders
  case noHeader(String)
  /// The door says that itself, of the connection and of the length of the body.
  case notItsOwn(String)
  case tooManyHeaders
  case unknownMember(String)
  case saidTwice(String)
  /// With this status nothing follows the head.
  case bodyOf(Int)
}

extension GatewayFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .refused(let words): "it is an error: \(QuotedText.of(words))"
    case .noText(let name): "\(name) is no text (a text of JSON, in which no half of a surrogate pair stands alone)"
    case .noBase64: "body_base64 is no text in Base64 (with padding, and without line breaks)"
    case .noStatus(let text): "status is \(QuotedText.of(text)), and no whole number of 200 to 599"
    case .noHeaders: "headers is no array of arrays, each of a name and a value, both texts"
    case .noHeader(let name):
      "the header \"\(QuotedText.of(name))\" is none: its name is a token, and its value has no line break or other "
        + "control character"
    case .notItsOwn(let name): "the header \(QuotedText.of(name)) is for the door to say (leave it out)"
    case .tooManyHeaders:
      "it has more headers than \(GatewayAnswer.mostHeaders), or more than \(GatewayAnswer.mostHeaderBytes) bytes of "
        + "them"
    case .unknownMember(let name):
      "there is no member \"\(QuotedText.of(name))\"; there are status, headers, body and body_base64"
    case .saidTwice(let name): "it says \(name) twice"
    case .bodyOf(let status): "it has a body, and with the status \(status) there is none"
    }
  }
}
