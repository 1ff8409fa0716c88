// Who speaks HTTP with a server.

package import ChannelSockets
package import LinuxIO

/// What is known of the other end of a connection, before it says anything.
package struct HTTPCaller: Sendable {
  /// Of a Unix socket.
  package let process: PeerCredentials?
  /// Of one that is secured.
  package internal(set) var certificate: TLSIdentity?

  init(_ process: PeerCredentials?) {
    self.process = process
  }
}

extension HTTPCaller: CustomStringConvertible {
  /// Who that is, for people.
  package var description: String {
    if let name = certificate?.text { return name }
    return process.map { "\($0)" } ?? "somebody"
  }
}
