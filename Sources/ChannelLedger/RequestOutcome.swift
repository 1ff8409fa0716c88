// How a request ended.

package import ChannelMessages

/// What a handler made of a request, as it was answered.
package enum RequestOutcome: Sendable, Hashable {
  case result(JSONText)
  /// Why it failed, as the requester reads it.
  case error(String)
}

extension RequestOutcome {
  var byteCount: Int {
    switch self {
    case .result(let value): value.bytes.count
    case .error(let text): text.utf8.count
    }
  }
}
