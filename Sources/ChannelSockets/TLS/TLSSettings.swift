// What is asked of a secured connection.

/// Which files a secured connection rests upon, and what is demanded of the other end.
package struct TLSSettings: Sendable, Hashable {
  /// Who we are, as files in PEM.
  package struct Credential: Sendable, Hashable {
    /// The certificate, followed by those that lead from it to one that others trust.
    package var certificates: String
    /// Its key; nobody but its owner and group may read it.
    package var key: String

    package init(certificates: String, key: String) {
      self.certificates = certificates
      self.key = key
    }
  }

  /// Who is believed about others.
  package enum Trust: Sendable, Hashable {
    /// Whom this machine's administrator trusts.
    case system
    /// Whoever signs with one of the certificates in this file.
    case file(String)
  }

  /// Which end we are.
  package enum Role: Sendable, Hashable {
    /// Those who connect have to show a certificate that these have signed; nil: they are asked for none.
    case server(Credential, clients: Trust?)
    /// We connect to somebody who has to be of this name, or of this numeric address.
    case client(Credential?, server: Trust, name: String)
  }

  package var role: Role
  /// Names of what is spoken within (ALPN), the best first. Where there are any, both ends have to agree on one.
  package var protocols: [String]

  package init(_ role: Role, protocols: [String] = []) {
    precondition(protocols.allSatisfy { 1...255 ~= $0.utf8.count }, "the name of a protocol has 1 to 255 bytes")
    self.role = role
    self.protocols = protocols
  }
}
