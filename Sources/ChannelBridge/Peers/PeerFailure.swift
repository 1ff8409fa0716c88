// Why the other end was not reached.

package import ChannelSockets
package import ChannelWires
package import LinuxIO

/// How far one came, and what was wrong there.
package enum PeerFailure: Error, Hashable, Sendable {
  case unreachable(SystemError)
  case insecure(TLSError)
  /// Somebody is there, and opens no WebSocket.
  case refused(WebSocketGreetingFault)
  /// It has ended before messages were spoken.
  case lost(SystemError?)
}

extension PeerFailure: CustomStringConvertible {
  package var description: String { text }

  /// What was wrong there, in words that may end with what to do.
  package var text: String {
    switch self {
    case .unreachable(let error), .lost(let error?): error.what
    case .insecure(let error): "\(error)"
    case .refused(let fault): QuotedText.of(fault.text)
    case .lost(nil): "it has ended before anything was said"
    }
  }
}
