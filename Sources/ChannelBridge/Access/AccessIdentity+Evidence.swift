// What somebody is known by.

package import ChannelSockets
package import LinuxIO

extension AccessIdentity {
  /// The owner of a certificate: its common name, names of machines and identifiers, each once.
  package init(_ identity: TLSIdentity) {
    var names: [String] = []
    for name in [identity.commonName].compactMap(\.self) + identity.names + identity.identifiers {
      if !names.contains(name) { names.append(name) }
    }
    self = .certificate(names)
  }

  /// Whoever connected a Unix socket.
  package init(_ credentials: PeerCredentials) {
    self = .process(user: credentials.user, process: credentials.process)
  }
}
