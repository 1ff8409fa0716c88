// Bytes to whoever reads what we print.

internal import Glibc

/// A stream that somebody else has opened for us to write to: a terminal, a pipe, a file.
package struct ByteOutput: Sendable {
  private let number: Int32
  private let name: String

  package static let standard = ByteOutput(number: 1, name: "standard output")

  package var isTerminal: Bool { Terminal.isBehind(number) }

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
