// How a request went.

/// The statuses that are sent.
package enum HTTPStatus: Int, Sendable, Hashable, CaseIterable {
  case switchingProtocols = 101
  case ok = 200
  case badRequest = 400
  case unauthorized = 401
  case forbidden = 403
  case notFound = 404
  case methodNotAllowed = 405
  case timeout = 408
  case conflict = 409
  case tooLarge = 413
  case unsupportedType = 415
  case unprocessable = 422
  case upgradeRequired = 426
  case tooMany = 429
  case headTooLarge = 431
  case internalError = 500
  case notImplemented = 501
  case badGateway = 502
  case unavailable = 503
  case gatewayTimeout = 504
  case versionNotSupported = 505
  case noRoom = 507

  /// The words beside the number, which are for people.
  package var phrase: String {
    switch self {
    case .switchingProtocols: "Switching Protocols"
    case .ok: "OK"
    case .badRequest: "Bad Request"
    case .unauthorized: "Unauthorized"
    case .forbidden: "Forbidden"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .timeout: "Request Timeout"
    case .conflict: "Conflict"
    case .tooLarge: "Content Too Large"
    case .unsupportedType: "Unsupported Media Type"
    case .unprocessable: "Unprocessable Content"
    case .upgradeRequired: "Upgrade Required"
    case .tooMany: "Too Many Requests"
    case .headTooLarge: "Request Header Fields Too Large"
    case .internalError: "Internal Server Error"
    case .notImplemented: "Not Implemented"
    case .badGateway: "Bad Gateway"
    case .unavailable: "Service Unavailable"
    case .gatewayTimeout: "Gateway Timeout"
    case .versionNotSupported: "HTTP Version Not Supported"
    case .noRoom: "Insufficient Storage"
    }
  }
}
