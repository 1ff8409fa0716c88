// A socket that others connect to.

internal import CLinux
internal import Glibc

/// Takes connections, and no call on it waits.
package final class ListeningSocket {
  private var descriptor: OwnedDescriptor?
  private var file: SocketFile?
  /// Of one of the Internet: the real one, also where any would do.
  package let port: UInt16?

  /// A Unix socket that listens at a path with these permissions, from the beginning and whatever the umask is.
  ///
  /// It takes the place of a socket that nobody listens at any more. EADDRINUSE when somebody does, EEXIST when something
  /// else is there. The name goes with it, unless it is somebody else's by then.
  package init(path: String, permissions: UInt32 = 0o600) throws(SystemError) {
    var file = try SocketFile(at: path)
    descriptor = try file.listen(permissions: permissions)
    self.file = file
    port = nil
  }

  /// One that listens at an address; where its port is 0, at any that is free. One of IPv6 takes no connections of IPv4.
  package init(address: SocketAddress) throws(SystemError) {
    let number = try kernelCall("bind", on: "\(address)") {
      unsafe address.bytes.withUnsafeBytes { unsafe clinux_listen_at_address($0.baseAddress, $0.count) }
    }
    descriptor = OwnedDescriptor(taking: number)
    let facts = try Self.look(at: number)
    port = facts.is_unix != 0 ? nil : facts.port
  }

  /// One that somebody else made listen, such as whoever started this program; it belongs to this from here on.
  ///
  /// ENOTSOCK, EINVAL or EBADF when it is nothing that takes connections; then it still belongs to whom it did.
  package init(adopting number: Int32) throws(SystemError) {
    let facts = try Self.look(at: number)
    guard Self.takesConnections(facts) else {
      throw SystemError("accept4", on: "descriptor \(number)", code: EINVAL)
    }
    _ = try systemCall("fcntl", on: "descriptor \(number)") { clinux_adopt(number) }
    descriptor = OwnedDescriptor(taking: number)
    port = facts.is_unix != 0 ? nil : facts.port
  }

  /// The same of one that goes on belonging to whom it does: this has a copy of it, and nothing once it throws.
  package convenience init(copying number: Int32) throws(SystemError) {
    let copy = try OwnedDescriptor(copying: number)
    try self.init(adopting: copy.number)
    _ = copy.release()
  }

  deinit {
    close()
  }

  /// The number to wait by; nil once it was closed.
  package var number: Int32? { descriptor?.number }

  /// The next one who connected; nil when there is none now.
  package func accept() throws(SystemError) -> StreamSocket? {
    guard let number else { return nil }
    while true {
      do {
        return StreamSocket(taking: OwnedDescriptor(taking: try kernelCall("accept4") { clinux_accept(number) }))
      } catch {
        switch error.code {
        case EAGAIN: return nil
        // That one has gone, or its network; there may be another.
        case ECONNABORTED, ENETDOWN, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH: continue
        default: throw error
        }
      }
    }
  }

  /// Takes no more: those who wait are refused.
  package func close() {
    file?.remove()
    file = nil
    descriptor = nil
  }

  /// Whether it is something that takes connections, and may be adopted.
  package static func isListening(_ number: Int32) -> Bool { (try? look(at: number)).map(takesConnections) ?? false }

  private static func takesConnections(_ facts: clinux_socket_facts) -> Bool {
    facts.is_stream != 0 && facts.is_listening != 0
  }

  private static func look(at number: Int32) throws(SystemError) -> clinux_socket_facts {
    var facts = clinux_socket_facts()
    _ = try systemCall("getsockopt", on: "descriptor \(number)") { unsafe clinux_look_at_socket(number, &facts) }
    return facts
  }
}
