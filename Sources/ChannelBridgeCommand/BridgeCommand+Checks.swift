// What transom bridge refuses at once.

internal import ChannelBridge
internal import ChannelCommands
internal import ChannelSockets

extension BridgeCommand {
  /// Refuses what does not go with an address, or with the rest of the command line.
  static func check(_ invocation: Invocation, _ address: PeerAddress) throws(UsageError) {
    if address.isDoor, !invocation.has(.listen) {
      throw UsageError("browsers and services come to \(address), and nothing of ours goes there", hint: "add --listen")
    }
    if address.isWebSocket, invocation.has(.listen) {
      let hint = "write http://HOST:PORT: there others open it by /channels/NAME/socket"
      throw UsageError("one listens for a WebSocket by a door", hint: hint)
    }
    if !address.endpoint.isListenable, invocation.has(.listen) {
      throw UsageError("nobody else can come by \(address)", hint: "leave --listen out")
    }
    for option in [Option.Name.peers, .unprotected] where invocation.has(option) && !invocation.has(.listen) {
      let hint = "add --listen, or leave it out"
      throw UsageError("--\(option.rawValue) is about those who come, and nobody can", hint: hint)
    }
    if invocation.has(.connections), invocation.has(.listen) || !address.endpoint.takesSeveral {
      throw UsageError(
        "several connections cannot lead to \(address)\(invocation.has(.listen) ? " from here" : "")",
        hint: invocation.has(.listen) ? "write --peers: so many may come" : "leave --connections out"
      )
    }
    for option in [Option.Name.ack, .name] where address.isDoor && invocation.has(option) {
      let hint = "leave it out: whoever comes there says under which name events are kept, and acknowledges each"
      throw UsageError("--\(option.rawValue) means nothing at a door", hint: hint)
    }
    let isGuarded = address.isGuarded(byCertificates: invocation.has(.ca), byTokens: invocation.has(.token))
    if invocation.has(.listen), !isGuarded, !invocation.has(.unprotected) {
      throw UsageError(
        "anybody could connect at \(address), and nothing protects the channel",
        hint: "\(protection(address)), or listen at 127.0.0.1, [::1] or a Unix socket; --unprotected if you mean it"
      )
    }
  }

  /// What lets in only those who show who they are.
  private static func protection(_ address: PeerAddress) -> String {
    let file = address.isDoor ? "--token FILE or --ca FILE" : "--ca FILE"
    return address.isSecure ? "add \(file)" : "write \(address.schemes.secured) with \(file)"
  }
}
