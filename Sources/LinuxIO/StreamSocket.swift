// A connected socket, of which no call waits.

internal import CLinux
internal import Glibc

/// One end of a connection, of a Unix socket or of TCP.
package final class StreamSocket {
  private var descriptor: OwnedDescriptor?

  /// From here on the descriptor belongs to this; calls on it must not wait.
  package init(taking descriptor: consuming OwnedDescriptor) {
    self.descriptor = consume descriptor
  }

  /// Joins the Unix socket that listens at a path: ECONNREFUSED when nobody listens there, EAGAIN when too many wait.
  package convenience init(connectedTo path: String) throws(SystemError) {
    let number = try systemCall("connect", on: path) { unsafe clinux_connect_to_path(path) }
    self.init(taking: OwnedDescriptor(taking: number))
  }

  /// A socket that is on its way to an address, and whether it has still to arrive: once it can be written to, `takeError`
  /// tells what came of it. EAGAIN when too many wait at a Unix socket.
  package static func begin(to address: SocketAddress) throws(SystemError) -> (socket: StreamSocket, isUnderWay: Bool) {
    var isUnderWay: Int32 = 0
    let number = try systemCall("connect", on: "\(address)") {
      unsafe address.bytes.withUnsafeBytes { unsafe clinux_begin_to_connect($0.baseAddress, $0.count, &isUnderWay) }
    }
    return (StreamSocket(taking: OwnedDescriptor(taking: number)), isUnderWay != 0)
  }

  /// One that somebody else has connected, such as whoever started this program; it belongs to this from here on.
  ///
  /// ENOTSOCK, ENOTCONN, EINVAL or EBADF when it is nothing of the kind; then it still belongs to whom it did.
  package convenience init(adopting number: Int32) throws(SystemError) {
    let name = "descriptor \(number)"
    var facts = clinux_socket_facts()
    _ = try systemCall("getsockopt", on: name) { unsafe clinux_look_at_socket(number, &facts) }
    guard facts.is_stream != 0, facts.is_listening == 0 else { throw SystemError("connect", on: name, code: EINVAL) }
    _ = try systemCall("connect", on: name) { clinux_has_peer(number) }
    _ = try systemCall("fcntl", on: name) { clinux_adopt(number) }
    self.init(taking: OwnedDescriptor(taking: number))
  }

  /// Two ends that are joined with each other.
  package static func pair() throws(SystemError) -> (StreamSocket, StreamSocket) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    _ = try kernelCall("socketpair") { unsafe socketpair(AF_UNIX, kind, 0, &ends) }
    return (
      StreamSocket(taking: OwnedDescriptor(taking: ends[0])), StreamSocket(taking: OwnedDescriptor(taking: ends[1]))
    )
  }

  /// The number to wait by; nil once it was closed.
  package var number: Int32? { descriptor?.number }

  /// Who connected; nil of TCP, and once it was closed.
  package var peer: PeerCredentials? {
    guard let number else { return nil }
    var facts = clinux_socket_facts()
    guard unsafe clinux_look_at_socket(number, &facts) == 0, facts.is_unix != 0 else { return nil }
    var process: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
    guard unsafe clinux_peer(number, &process, &user, &group) == 0 else { return nil }
    return PeerCredentials(process: process, user: user, group: group)
  }

  /// Whether a connection of TCP has its own beginning for its end, as may happen to one who tries and tries again to reach
  /// a port of this machine at which nobody listens.
  package var isJoinedToItself: Bool { number.map { clinux_is_joined_to_itself($0) != 0 } ?? false }

  /// Has a connection of TCP that was made here treated as one that was accepted: what is written goes out at once, and
  /// when nothing was heard of the other end for one and a half minutes it is broken off with ETIMEDOUT. So it is when the
  /// other end reads nothing for so long, though something waits for it.
  package func tend() {
    if let number { clinux_tend_connection(number) }
  }

  /// Takes what came, into the beginning of the buffer and no more than that holds. What came before the other end broke
  /// off is taken before that is thrown.
  package func read(into buffer: inout [UInt8]) throws(SystemError) -> Transfer {
    guard let number else { return .ended }
    return try Transfer.ofReading { () throws(SystemError) in
      try kernelCall("read") {
        unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
      }
    }
  }

  /// Gives as many of the bytes as there is room for: EPIPE when the other end reads no more.
  package func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Transfer {
    guard let number else { return .ended }
    return try Transfer.of { () throws(SystemError) in
      Int(
        try kernelCall("write") {
          unsafe bytes.withUnsafeBytes { unsafe clinux_send(number, $0.baseAddress, $0.count) }
        }
      )
    }
  }

  /// Tells the other end that nothing comes after what was given.
  package func finishWriting() {
    // When it fails the other end has gone.
    if let number { _ = clinux_finish_writing(number) }
  }

  /// What the connection has met, and nobody was told yet.
  package func takeError() -> SystemError? {
    guard let number else { return nil }
    var code: Int32 = 0
    guard unsafe clinux_take_socket_error(number, &code) == 0, code != 0 else { return nil }
    return SystemError("read", code: code)
  }

  /// Breaks it off: what the other end was given and has not got it may still get, unless there is something of it that
  /// was not read here.
  package func close() { descriptor = nil }
}
