// The files that secure a stream.

package import ChannelSockets

/// What one end of a stream shows of itself, and whom it believes; all are files in PEM.
package struct StreamFiles: Sendable, Hashable {
  package var certificates: String?
  package var key: String?
  /// Who signs for those at the other end; nil: nobody has to for those who connect, and for those whom we connect to
  /// whoever this machine's administrator trusts.
  package var authorities: String?

  /// Why files do not go with an address.
  package enum Fault: Error, Hashable, Sendable {
    /// There are some, and nothing to secure.
    case nothingToSecure
    /// A certificate without its key, or the other way round.
    case halfCredential
    /// Whoever listens has to show who he is.
    case noCredential
  }

  package init(certificates: String? = nil, key: String? = nil, authorities: String? = nil) {
    self.certificates = certificates
    self.key = key
    self.authorities = authorities
  }

  /// What a stream there is secured by; nil where the address asks for nothing. No file is looked at.
  package func settings(for address: PeerAddress, isListening: Bool) throws(Fault) -> TLSSettings? {
    guard address.isSecure else {
      if certificates ?? key ?? authorities != nil { throw .nothingToSecure }
      return nil
    }
    guard (certificates == nil) == (key == nil) else { throw .halfCredential }
    var credential: TLSSettings.Credential?
    if let certificates, let key { credential = TLSSettings.Credential(certificates: certificates, key: key) }
    let trust = authorities.map { TLSSettings.Trust.file($0) }
    guard isListening else {
      return TLSSettings(.client(credential, server: trust ?? .system, name: address.host ?? ""))
    }
    guard let credential else { throw .noCredential }
    return TLSSettings(.server(credential, clients: trust))
  }
}
