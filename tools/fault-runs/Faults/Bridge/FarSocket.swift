// A connection that no call waits for.

internal import Glibc
internal import TestSupport

/// What is written waits here until the kernel takes it; what comes is read when somebody wants it.
final class FarSocket {
  enum Arrival {
    case bytes([UInt8])
    case nothing
    /// The other end said that nothing more comes, or the connection broke.
    case ended
  }

  private let socket: RawSocket
  private var unsent: [UInt8] = []

  init(_ socket: RawSocket) {
    self.socket = socket
    _ = fcntl(socket.number, F_SETFL, O_NONBLOCK)
  }

  var number: Int32 { socket.number }
  var hasUnsent: Bool { !unsent.isEmpty }

  /// Has the kernel keep as little as it may of what comes.
  func becomeNarrow() {
    var size: Int32 = 1_024
    unsafe setsockopt(number, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
  }

  func receive(atMost limit: Int) -> Arrival {
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(number, $0.baseAddress, $0.count, 0) }
    if count > 0 { return .bytes(Array(buffer.prefix(count))) }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .ended
  }

  func write(_ bytes: some Collection<UInt8>) {
    unsent += bytes
    flush()
  }

  /// Hands over what the kernel takes; what it never will is found out by reading.
  func flush() {
    while !unsent.isEmpty {
      let count = unsafe unsent.withUnsafeBytes { unsafe send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      unsent.removeFirst(count)
    }
  }

  func finish() { socket.finish() }
  func breakOffAtTheEnd() { socket.breakOffAtTheEnd() }
}
