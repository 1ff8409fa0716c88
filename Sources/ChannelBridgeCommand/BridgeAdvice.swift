// What to do about what a bridge tells.

package import ChannelBridge
internal import ChannelSockets
internal import LinuxIO
internal import Transom

/// The lines of a bridge that was begun by a command line: where something is to be done by other words there, they say so.
package enum BridgeAdvice {
  package static func line(_ notice: BridgeNotice, at address: PeerAddress) -> String {
    switch notice {
    case .troubled(let error) where error.code == .readerBusy:
      let hint = "another bridge has this name here: end it, or give one of the two another by --name NAME"
      return "\(ChannelError(error.code, at: error.path, error.what, hint: hint))"
    case .unreachable(_, let error, _) where error.isNobodyThere && address.endpoint.isListenable:
      return "\(notice) (start whoever listens there, or add --listen if others are to come here)"
    case .refusedThere(_, let words): return "\(notice) (\(ChannelError.refusedThere(address, words).hint))"
    case .shutOut(_, .insecure(let error), _): return "\(notice) (\(ChannelError.insecure(address, error).hint))"
    default: return "\(notice)"
    }
  }
}
