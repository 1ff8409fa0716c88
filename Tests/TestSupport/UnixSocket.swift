// Unix sockets of other programs, without any of our own code.

internal import Glibc
internal import LinuxIO

/// A socket with a name; what fails on it is a fault of the test and traps.
package struct UnixSocket: ~Copyable {
  private let descriptor: OwnedDescriptor

  /// One that datagrams can be sent to; a name that begins with an at sign is one of the kernel's own.
  package static func receivingDatagrams(at path: String) -> Self {
    let socket = Self(kind: SOCK_DGRAM)
    let bound = unsafe withAddress(path) { unsafe bind(socket.descriptor.number, $0, $1) }
    precondition(bound == 0, "\(path) cannot be bound")
    return socket
  }

  /// A connection to one that listens.
  package static func connected(to path: String) -> Self {
    let socket = Self(kind: SOCK_STREAM)
    let connected = unsafe withAddress(path) { unsafe connect(socket.descriptor.number, $0, $1) }
    precondition(connected == 0, "\(path) cannot be connected to")
    return socket
  }

  private init(kind: __socket_type) {
    let number = socket(AF_UNIX, Int32(kind.rawValue), 0)
    precondition(number >= 0, "there is no socket")
    descriptor = OwnedDescriptor(taking: number)
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    // So that a test which awaits what never comes fails, and does not hang.
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    _ = unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  /// What comes next; nil when nothing does.
  package func receive() -> String? {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(descriptor.number, $0.baseAddress, $0.count, 0) }
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    if path.hasPrefix("@") { name[0] = 0 }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    return unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
    }
  }
}
