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

  static let noChannel = DoorFault(.notFound, "no-channel", "there is no channel of this name")

  init(_ fault: DoorTarget.Fault) {
    let isMissing = fault == .nothingThere
    self.init(isMissing ? .notFound : .badRequest, isMissing ? "not-found" : "misuse", "\(fault)")
  }

  init(_ error: any Error) {
    guard let error = error as? ChannelError else {
      self.init(.internalError, "system", "\(error)")
      return
    }
    let status: HTTPStatus =
      switch error.code {
      case .answeredWithError: .unprocessable
      case .misuse, .notCodable, .wouldPoisonPeer: .badRequest
      case .tooLarge: .tooLarge
      case .timedOut: .gatewayTimeout
      case .noChannel, .noReader: .notFound
      case .readerBusy: .conflict
      case .refused: .forbidden
      case .backlogFull: .noRoom
      case .closed, .lockTimeout: .unavailable
      default: .internalError
      }
    self.init(status, "\(error.code)", error.what)
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
