// Who started this program as a service, and is to be told how it is.

internal import CLinux

/// The supervisor that `NOTIFY_SOCKET` names, as systemd does.
package struct Supervisor: Sendable {
  private let path: String

  /// Nil where nobody wants to be told.
  package init?(_ path: String?) {
    guard let path, path.hasPrefix("/") || path.hasPrefix("@") else { return nil }
    self.path = path
  }

  /// Tells it something, as lines of the form `READY=1`.
  package func tell(_ lines: [String]) throws(SystemError) {
    let text = lines.joined(separator: "\n")
    _ = try systemCall("sendto", on: path) {
      unsafe path.withCString { path in unsafe text.withCString { unsafe clinux_notify(path, $0, text.utf8.count) } }
    }
  }
}
