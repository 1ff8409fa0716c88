// A terminal without anybody before it but a test.

import Glibc
import LinuxIO

/// The test's end of a pseudo-terminal, at whose other end a program runs.
package final class PseudoTerminal: Sendable {
  private let master: Int32
  /// TIOCSPTLCK and TIOCGPTN, which Swift does not see.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430

  /// Where programs find it.
  package let path: String

  package init(columns: UInt16, rows: UInt16) throws {
    master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard master >= 0 else { throw SystemError("open", on: "/dev/ptmx", code: errno) }
    var unlocked: Int32 = 0
    var number: UInt32 = 0
    guard unsafe ioctl(master, Self.setLock, &unlocked) == 0, unsafe ioctl(master, Self.getNumber, &number) == 0 else {
      throw SystemError("ioctl", on: "/dev/ptmx", code: errno)
    }
    path = "/dev/pts/\(number)"
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard unsafe ioctl(master, UInt(TIOCSWINSZ), &size) == 0 else { throw SystemError("ioctl", on: path, code: errno) }
  }

  deinit {
    close(master)
  }

  /// Starts a program that has it for its terminal.
  package func start(_ words: [String]) throws -> ProcessRun {
    try ProcessRun(["sh", "-c", "exec setsid -cw \"$0\" \"$@\" <'\(path)' >'\(path)' 2>'\(path)'"] + words)
  }

  /// Hits these keys.
  package func type(_ text: String) {
    var text = text
    _ = text.withUTF8 { unsafe write(master, $0.baseAddress, $0.count) }
  }

  /// Whether lines are edited and keys are shown, as it is by default.
  package var isCooked: Bool {
    var settings = termios()
    guard unsafe tcgetattr(master, &settings) == 0 else { return false }
    return settings.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO)
  }

  /// What is shown from now on, up to this text and maybe beyond; what came within 20 s when it does not come.
  package func shown(until text: String) -> String {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    let end = ContinuousClock.now.advanced(by: .seconds(20))
    while ContinuousClock.now < end {
      var wanted = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&wanted, 1, 100) > 0 else { continue }
      let count = unsafe block.withUnsafeMutableBytes { unsafe read(master, $0.baseAddress, $0.count) }
      // Nobody has the other end.
      guard count > 0 else { break }
      bytes += block.prefix(count)
      if String(decoding: bytes, as: UTF8.self).contains(text) { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
