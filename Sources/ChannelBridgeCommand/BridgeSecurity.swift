// What secures a bridge.

internal import ChannelBridge
internal import ChannelCommands
internal import ChannelSockets

/// Makes of a command line what TLS needs, and what a door asks of those who come.
enum BridgeSecurity {
  /// Nil where the address asks for none.
  static func context(_ invocation: Invocation, _ address: PeerAddress) throws -> TLSContext? {
    let files = StreamFiles(
      certificates: invocation.text(.cert),
      key: invocation.text(.key),
      authorities: invocation.text(.ca)
    )
    let settings: TLSSettings?
    do throws(StreamFiles.Fault) {
      settings = try files.settings(for: address, isListening: invocation.has(.listen))
    } catch {
      switch error {
      case .nothingToSecure:
        let what = "--cert, --key and --ca belong to an address with tls:, wss: or https:"
        throw UsageError(what, hint: address.adviceOnSecuring)
      case .halfCredential:
        throw UsageError("a certificate and its key belong together", hint: "give --cert FILE and --key FILE")
      case .noCredential:
        throw UsageError("who listens at \(address) needs a certificate", hint: "give --cert FILE and --key FILE")
      }
    }
    do throws(TLSSettingsError) {
      return try settings.map { settings throws(TLSSettingsError) in try TLSContext(settings) }
    } catch {
      throw UsageError("\(error)", hint: "certificates and keys are files in PEM")
    }
  }

  /// What one shows of oneself at a WebSocket; nil where no file was named.
  static func token(_ invocation: Invocation, _ address: PeerAddress, _ around: Surroundings) throws -> OwnToken? {
    guard let path = invocation.text(.token), !address.isDoor else { return nil }
    guard address.isWebSocket else {
      throw UsageError("--token belongs to a WebSocket or a door", hint: "write ws://HOST:PORT/PATH or wss://HOST/PATH")
    }
    let token = try OwnToken.read(path)
    if !address.isSecure, !address.endpoint.isLocal {
      around.warn("\(address): whoever is on the way there can read the token; write wss: if you can")
    }
    return token
  }

  /// Whom a door lets in: whoever has a token where there is a file of them, and else anybody whom TLS lets in.
  static func access(_ invocation: Invocation, _ address: PeerAddress, _ around: Surroundings) throws -> DoorAccess {
    guard address.isDoor else {
      if invocation.has(.origin) {
        throw UsageError("--origin belongs to a door", hint: "write http://HOST:PORT or https://HOST:PORT")
      }
      return try access(nil, [], address)
    }
    let file = invocation.text(.token)
    let tokens = try file.map { path throws(AccessTokenFileError) in try AccessTokens.read(path) }
    if let file, tokens?.tokens.isEmpty == true {
      around.warn("\(file): it has no token, and so nobody is let in; write NAME TOKEN a line, and begin again")
    }
    return try access(tokens, invocation.texts(.origin), address)
  }

  private static func access(_ tokens: AccessTokens?, _ origins: [String], _ address: PeerAddress) throws -> DoorAccess
  {
    let originRule: OriginRule
    do throws(OriginRule.Fault) {
      originRule = try OriginRule(listing: origins, isSecure: address.isSecure)
    } catch {
      throw UsageError(error.what, hint: error.remedy)
    }
    var hosts: HostRule?
    if address.host != nil { hosts = try HostRule(isLoopbackOnly: address.endpoint.isLocal) }
    return DoorAccess(
      tokens: tokens,
      policy: AccessPolicy(tokens == nil ? .open : .token),
      origins: originRule,
      hosts: hosts
    )
  }
}
