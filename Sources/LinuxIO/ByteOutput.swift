// Bytes to whoever reads what we print.

internal import Glibc

/// A stream that somebody else has opened for us to write to: a terminal, a pipe, a file.
package struct ByteOutput: Sendable {
  private let number: Int32
  private let name: String

  package static let standard = ByteOutput(number: 1, name: "standard output")

  package var isTerminal: Bool { Terminal.isBehind(number) }

  /// Waits until nobody can read any more what is written here, as when the other end of a pipe or a socket is closed;
  /// false when that cannot be waited for. Of a file it never comes.
  package func awaitReaderGone() -> Bool {
    // Nothing is asked for: these two are reported all the same.
    var unasked = pollfd(fd: number, events: 0, revents: 0)
    while unsafe poll(&unasked, 1, -1) < 0 {
      guard errno == EINTR else { return false }
    }
    return unasked.revents & Int16(POLLERR | POLLHUP) != 0
  }

  /// Writes all of it, and waits for room as long as it takes.
  package func write(_ bytes: Span<UInt8>) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      do throws(SystemError) {
        done += try systemCall("write", on: name) {
          unsafe bytes.withUnsafeBufferPointer { rest in
            unsafe Glibc.write(number, rest.baseAddress.map { unsafe $0 + done }, rest.count - done)
          }
        }
      } catch  where error.code == EAGAIN {
        // Somebody made the terminal or pipe non-blocking; it is waited for all the same.
        var wanted = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&wanted, 1, -1)
      }
    }
  }
}
