// The other end of a connection, in the hands of a test.

import Glibc
import LinuxIO

/// A blocking socket, of which no call takes longer than a test may. SIGPIPE does not come of it.
package final class RawSocket: Sendable {
  package let number: Int32

  /// What a call was refused with.
  package struct Refusal: Error, Hashable {
    package let code: Int32

    package init(code: Int32) {
      self.code = code
    }
  }

  private static let patience = timeval(tv_sec: 30, tv_usec: 0)

  private convenience init(_ family: Int32) throws {
    try self.init(taking: socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
  }

  private init(taking number: Int32) throws {
    guard number >= 0 else { throw Refusal(code: errno) }
    self.number = number
    var patience = Self.patience
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    unsafe setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
  }

  /// Connects to a Unix socket.
  package convenience init(path: String) throws {
    try self.init(AF_UNIX)
    var address = Self.address(path)
    try join { unsafe Self.plain(&address) { unsafe connect(number, $0, $1) } }
  }

  /// Connects to a port of 127.0.0.1.
  package convenience init(port: UInt16) throws {
    try self.init(AF_INET)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    try join { unsafe Self.plain(&address) { unsafe connect(number, $0, $1) } }
  }

  /// Listens at a path, as another program would: with the permissions that the umask leaves.
  package convenience init(listeningAt path: String) throws {
    try self.init(AF_UNIX)
    var address = Self.address(path)
    try join { unsafe Self.plain(&address) { unsafe bind(number, $0, $1) } }
    try join { listen(number, 16) }
  }

  /// Listens at a port of 127.0.0.1; 0 is any that is free.
  package convenience init(listeningAtPort port: UInt16) throws {
    try self.init(AF_INET)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    try join { unsafe Self.plain(&address) { unsafe bind(number, $0, $1) } }
    try join { listen(number, 16) }
  }

  /// The port that it has here.
  package var port: UInt16 {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = unsafe withUnsafeMutablePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(number, $0, &size) }
    }
    return code == 0 ? UInt16(bigEndian: address.sin_port) : 0
  }

  /// Waits for the next one who connects; throws once it is shut.
  package func accept() throws -> RawSocket {
    while true {
      let other = Glibc.accept(number, nil, nil)
      if other < 0, errno == EINTR || errno == EAGAIN { continue }
      return try RawSocket(taking: other)
    }
  }

  /// Whether there is something to read, or somebody to accept.
  package var isReady: Bool {
    var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, 0) > 0
  }

  /// Has whoever waits for something here wait no longer.
  package func shut() { shutdown(number, Int32(SHUT_RDWR)) }

  deinit {
    Glibc.close(number)
  }

  /// Writes all of it.
  package func send(_ bytes: some Collection<UInt8>) throws {
    let bytes = Array(bytes)
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(number, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Refusal(code: errno) }
      sent += count
    }
  }

  package func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// What is there next, at most so many; empty at the end.
  package func receive(atMost limit: Int = 1 << 16) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: limit)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(number, $0.baseAddress, $0.count, 0) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Refusal(code: errno) }
      return Array(buffer.prefix(count))
    }
  }

  /// So many bytes, or fewer at the end.
  package func receive(exactly count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try receive(atMost: min(count - bytes.count, 1 << 16))
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  /// All until the end.
  package func receiveAll() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = try receive()
      if more.isEmpty { return bytes }
      bytes += more
    }
  }

  /// Says that nothing more comes.
  package func finish() { shutdown(number, Int32(SHUT_WR)) }

  /// Has its end break the connection off instead of finishing it, which matters for TCP.
  package func breakOffAtTheEnd() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
  }

  private func join(_ body: () -> Int32) throws {
    guard body() == 0 else { throw Refusal(code: errno) }
  }

  private static func plain<Address>(
    _ address: inout Address,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    unsafe withUnsafeBytes(of: &address) { bytes in
      guard let base = bytes.baseAddress else { return -1 }
      return unsafe body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
  }

  private static func address(_ path: String) -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
      unsafe room.copyBytes(from: Array(path.utf8).prefix(room.count - 1))
    }
    return address
  }
}
