// How a request went.

/// The statuses that are sent.
package enum HTTPStatus: Int, Sendable, Hashable, CaseIterable {
  case switchingProtocols = 101
  case ok = 200
  case badRequest = 400
  case notFound = 404
  case methodNotAllowed = 405
  case timeout = 408
  case tooLarge = 413
  case upgradeRequired = 426
  case headTooLarge = 431
  case internalError = 500
  case notImplemented = 501
  case unavailable = 503
  case versionNotSupported = 505

  /// The words beside the number, which are for people.
  package var phrase: String {
    switch self {
    case .switchingProtocols: "Switching Protocols"
    case .ok: "OK"
    case .badRequest: "Bad Request"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .timeout: "Request Timeout"
    case .tooLarge: "Content Too Large"
    case .upgradeRequired: "Upgrade Required"
    case .headTooLarge: "Request Header Fields Too Large"
    case .internalError: "Internal Server Error"
    case .notImplemented: "Not Implemented"
    case .unavailable: "Service Unavailable"
    case .versionNotSupported: "HTTP Version Not Supported"
    }
  }
}
