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
