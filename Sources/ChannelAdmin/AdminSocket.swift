// Where the daemon's socket is.

/// The place at which command and daemon meet when nobody has said another one.
package enum AdminSocket {
  package static let name = "transomd.sock"
  /// The variable that names another place to the command.
  package static let variable = "TRANSOM_SOCKET"

  /// Where the machine's own daemon has it, as its package is set up.
  package static let machineFolder = "/run/transom"

  /// In `$XDG_RUNTIME_DIR`, or in /tmp/transom-UID without it.
  package static func standardPath(environment: [String: String], user: UInt32) -> String {
    "\(runtimeFolder(environment) ?? sharedFolder(of: user))/\(name)"
  }

  /// What is gone when its user is; nil when nobody knows where that is.
  package static func runtimeFolder(_ environment: [String: String]) -> String? {
    // One that is not whole means nothing, as the rules for these variables have it.
    guard var path = environment["XDG_RUNTIME_DIR"], path.hasPrefix("/") else { return nil }
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }

  /// Everybody can make something in /tmp, so whoever makes this directory has to look whose it is.
  package static func sharedFolder(of user: UInt32) -> String { "/tmp/transom-\(user)" }
}
