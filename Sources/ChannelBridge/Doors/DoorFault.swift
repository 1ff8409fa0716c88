// Why a door does not do what it was asked to.

internal import ChannelMessages
internal import ChannelWires
internal import Transom

/// A status, and what is told to whoever asked: a code for programs and words for people. Nothing of it says where a channel
/// is.
struct DoorFault: Error, Hashable {
  let status: HTTPStatus
  let code: String
  let words: String

  init(_ status: HTTPStatus, _ code: String, _ words: String) {
    self.status = status
    self.code = code
    self.words = words
  }

  static let ending = DoorFault(.unavailable, "closed", "the channel cannot be used now")
  static let noChannel = DoorFault(.notFound, "no-channel", "there is no channel of this name")

  init(_ fault: DoorTarget.Fault) {
    let isMissing = fault == .nothingThere
    self.init(isMissing ? .notFound : .badRequest, isMissing ? "not-found" : "misuse", "\(fault)")
  }

  static func doesNotCross(_ words: String) -> DoorFault { DoorFault(.forbidden, "refused", words) }

  /// What he asked for went wrong in the channel. He learns of it what it says of his own message: which readers there
  /// are, which processes and where is nothing to him.
  init(_ error: any Error) {
    guard let error = error as? ChannelError else {
      self.init(.internalError, "system", "it cannot be done now")
      return
    }
    let (status, words): (HTTPStatus, String) =
      switch error.code {
      case .answeredWithError: (.unprocessable, error.what)
      case .misuse, .notCodable, .wouldPoisonPeer: (.badRequest, error.what)
      case .tooLarge: (.tooLarge, error.what)
      case .timedOut: (.gatewayTimeout, error.what)
      case .noChannel, .noReader: (.notFound, "there is none of this name")
      case .readerBusy: (.conflict, "somebody else is this reader now")
      case .refused: (.forbidden, "the channel does not take it")
      case .backlogFull: (.noRoom, "the channel has no room for more")
      case .closed, .lockTimeout: (.unavailable, "the channel cannot be used now")
      default: (.internalError, "the channel cannot be used")
      }
    self.init(status, "\(error.code)", words)
  }

  /// By which a WebSocket is closed for it; nil for what may be otherwise the next time.
  var closeCode: WebSocketCloseCode? {
    switch status {
    case .unauthorized: .unknown
    case .badRequest, .forbidden, .notFound, .conflict: .forbidden
    case .tooMany, .unavailable: .later
    default: nil
    }
  }

  var response: HTTPResponse {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("error")
    writer.beginObject()
    writer.key("code")
    writer.string(code)
    writer.key("message")
    writer.string(words)
    writer.endObject()
    writer.endObject()
    let headers = HTTPHeader.ofDoors + (status == .unauthorized ? [.askForToken] : [])
    return HTTPResponse(status, .json, writer.bytes + [UInt8(ascii: "\n")], headers: headers)
  }
}
