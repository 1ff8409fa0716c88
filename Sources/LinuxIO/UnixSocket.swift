// A conversation with a program of this machine.

internal import Glibc

/// A stream that is connected to a Unix socket, for one who waits for the other end.
///
/// Whatever the other end does is told as an error: no signal comes of its going away, and nothing waits longer than it
/// was told to (`ETIMEDOUT`).
package final class UnixSocket {
  private let socket: StreamSocket
  private let path: String
  /// What is tried again and again is tried so often: only when the other end is very busy.
  private static let pause = Duration.milliseconds(1)

  /// Connects to whoever listens at a path.
  package init(connectingTo path: String, within limit: Duration) throws(SystemError) {
    let deadline = ContinuousClock.now.advanced(by: limit)
    self.path = path
    while true {
      do throws(SystemError) {
        socket = try StreamSocket(connectedTo: path)
        return
      } catch {
        // As many wait as may.
        guard error.code == EAGAIN else { throw error }
        try Self.wait("connect", path, until: deadline)
      }
    }
  }

  /// Who it was that began to listen there; nil when the kernel does not say.
  package var peer: PeerCredentials? { socket.peer }

  /// Writes all of it.
  package func write(_ bytes: [UInt8], within limit: Duration) throws(SystemError) {
    let deadline = ContinuousClock.now.advanced(by: limit)
    var rest = bytes[...]
    while !rest.isEmpty {
      switch try transfer({ () throws(SystemError) in try socket.write(rest) }) {
      case .moved(let count): rest = rest.dropFirst(count)
      case .wouldBlock: try Self.wait("write", path, until: deadline)
      case .ended: throw SystemError("write", on: path, code: EPIPE)
      }
    }
  }

  /// What comes next, into the beginning of the buffer, and how much it is: nothing when the other end has ended.
  package func read(into buffer: inout [UInt8], within limit: Duration) throws(SystemError) -> Int {
    let deadline = ContinuousClock.now.advanced(by: limit)
    while true {
      switch try transfer({ () throws(SystemError) in try socket.read(into: &buffer) }) {
      case .moved(let count): return count
      case .ended: return 0
      case .wouldBlock:
        let left = ContinuousClock.now.duration(to: deadline)
        guard let number = socket.number, left > .zero else { throw SystemError("read", on: path, code: ETIMEDOUT) }
        _ = try Readiness.wait(on: [number], for: left)
      }
    }
  }

  private func transfer(_ body: () throws(SystemError) -> Transfer) throws(SystemError) -> Transfer {
    try SystemError.naming(path, body)
  }

  private static func wait(
    _ call: String,
    _ path: String,
    until deadline: ContinuousClock.Instant
  ) throws(SystemError) {
    guard ContinuousClock.now < deadline else { throw SystemError(call, on: path, code: ETIMEDOUT) }
    KernelClock.pause(pause)
  }
}

extension SystemError {
  /// Whether the time was up.
  package var isTimeOut: Bool { code == ETIMEDOUT }
}
