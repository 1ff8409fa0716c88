// Single keys, as they are hit.

internal import Glibc
internal import Synchronization

/// The keyboard of the terminal behind the standard input, which gives out keys without waiting for a line, and shows none
/// of them, until `end` puts everything back. Ctrl-C interrupts as always.
package final class TerminalKeys: Sendable {
  private struct State {
    var before: termios?
  }

  private static let number: Int32 = 0

  private let state = Mutex(State())

  /// Nil where there is no terminal.
  package init?() {
    var settings = termios()
    guard unsafe tcgetattr(Self.number, &settings) == 0 else { return nil }
    state.withLock { $0.before = settings }
    settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
    guard unsafe tcsetattr(Self.number, TCSANOW, &settings) == 0 else { return nil }
  }

  deinit {
    end()
  }

  /// Waits for keys so long at most, or until the other descriptor can be read, and answers those that were hit; nil when
  /// nobody is at the keyboard any more.
  package func next(or other: Int32, within limit: Duration) throws(SystemError) -> [UInt8]? {
    guard case .ready(let places) = try Readiness.wait(on: [Self.number, other], for: limit), places.contains(0) else {
      return []
    }
    var keys = [UInt8](repeating: 0, count: 64)
    do {
      let count = try systemCall("read", on: "standard input") {
        unsafe keys.withUnsafeMutableBytes { unsafe Glibc.read(Self.number, $0.baseAddress, $0.count) }
      }
      return count == 0 ? nil : Array(keys.prefix(count))
    } catch {
      // A terminal that hung up, or that belongs to another program now.
      return error.code == EAGAIN ? [] : nil
    }
  }

  /// Makes the terminal what it was. May be called again and again.
  package func end() {
    state.withLock { state in
      guard var before = state.before.take() else { return }
      _ = unsafe tcsetattr(Self.number, TCSANOW, &before)
    }
  }
}
