// Who is at the other end.

/// The process that connected a Unix socket, as the kernel vouches for it.
///
/// Its number may be somebody else's by now. The user and the group are those by whose rights it connected.
package struct PeerCredentials: Sendable, Hashable {
  package let process: Int32
  package let user: UInt32
  package let group: UInt32

  package init(process: Int32, user: UInt32, group: UInt32) {
    self.process = process
    self.user = user
    self.group = group
  }
}

extension PeerCredentials: CustomStringConvertible {
  /// Who that is, for people.
  package var description: String { Self.text(process: process, user: user) }

  /// The same of one of whom no more is known.
  package static func text(process: Int32, user: UInt32) -> String { "process \(process) of user \(user)" }
}
