// What goes wrong with the other end of a socket.

internal import ChannelBridge
internal import ChannelSockets
internal import ChannelWires
internal import LinuxIO
internal import Transom

extension ChannelError {
  /// Why one did not come to where messages are spoken.
  static func notReached(_ address: PeerAddress, _ failure: PeerFailure) -> ChannelError {
    switch failure {
    case .unreachable(let error): unreachable(address, error)
    case .insecure(let error): insecure(address, error)
    case .refused(.silent):
      ChannelError(
        .timedOut,
        at: "\(address)",
        WebSocketGreetingFault.silent.text,
        hint: WebSocketGreetingFault.silent.remedy
      )
    case .refused(let fault): ChannelError(.refused, at: "\(address)", fault.text, hint: fault.remedy)
    case .lost(let error?): lost(address, error.reason)
    case .lost(nil): left(address)
    }
  }

  /// Why nobody was reached.
  static func unreachable(_ address: PeerAddress, _ error: SystemError) -> ChannelError {
    if error.isNobodyThere, address.endpoint.isListenable {
      let place = address.isWebSocket ? "\(address.isSecure ? "https" : "http")://\(address.endpoint)" : "\(address)"
      let hint = "start whoever listens there, such as `transom bridge DIR \(place) --listen`, or look at the address"
      return ChannelError(.noChannel, at: "\(address)", "nobody listens there: \(error.reason)", hint: hint)
    }
    if error.isTimeOut {
      let hint = "look at the address, and whether anything between holds connections back"
      return ChannelError(.timedOut, at: "\(address)", "nobody has taken the connection in time", hint: hint)
    }
    let told = ChannelError(error, at: "\(address)")
    return ChannelError(told.code, at: "\(address)", error.what, hint: told.hint)
  }

  static func insecure(_ address: PeerAddress, _ error: TLSError) -> ChannelError {
    let hint = "see --ca, --cert and --key"
    if case .handshakeTooSlow = error { return ChannelError(.timedOut, at: "\(address)", "\(error)", hint: hint) }
    return ChannelError(.refused, at: "\(address)", "\(error)", hint: hint)
  }

  static func lost(_ address: PeerAddress, _ why: String) -> ChannelError {
    let hint = "what was on its way may have come there; look before you repeat it"
    return ChannelError(.system, at: "\(address)", "the connection was lost: \(why)", hint: hint)
  }

  static func left(_ address: PeerAddress, _ afterword: String? = nil) -> ChannelError {
    if let afterword { return ChannelError(.closed, at: "\(address)", afterword, hint: "see what it has said") }
    let hint = "begin again when somebody listens there"
    return ChannelError(.closed, at: "\(address)", "whoever listened there has left", hint: hint)
  }

  static func refusedThere(_ address: PeerAddress, _ words: String) -> ChannelError {
    let hint = "the words are the other end's; see its log\(address.isWebSocket ? ", and --token FILE here" : "")"
    return ChannelError(.refused, at: "\(address)", "it refused what it got: \(words)", hint: hint)
  }

  static func speaksOtherwise(_ address: PeerAddress, _ fault: String) -> ChannelError {
    let unit = address.isWebSocket ? "text" : "line"
    let hint = "whoever is there has to speak one JSON message a \(unit), see `transom bridge --help`"
    return ChannelError(.refused, at: "\(address)", "what comes from there cannot be read: \(fault)", hint: hint)
  }
}
