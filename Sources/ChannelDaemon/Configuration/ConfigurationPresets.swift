// What the daemon does when no file says anything.

/// Where things are by default, for whoever runs the daemon.
package struct ConfigurationPresets: Sendable {
  /// Where `~` leads; nil when nobody knows.
  package let home: String?
  private let environment: [String: String]
  private let user: UInt32

  package init(environment: [String: String], user: UInt32) {
    self.environment = environment
    self.user = user
    home = Self.path("HOME", environment)
  }

  package var configuration: Configuration {
    Configuration(roots: [root], state: state, admin: "\(runtime ?? root)/transomd.sock")
  }

  /// Where the files of a user's own configuration are; nil when nobody knows.
  package var configurationFolder: String? {
    (Self.path("XDG_CONFIG_HOME", environment) ?? home.map { "\($0)/.config" }).map { "\($0)/transom" }
  }

  /// What is gone when its user is.
  private var runtime: String? { Self.path("XDG_RUNTIME_DIR", environment) }

  /// Everybody can make something in /tmp, so whoever makes this directory has to look whose it is.
  private var root: String { runtime.map { "\($0)/transom" } ?? "/tmp/transom-\(user)" }

  private var state: String {
    if let base = Self.path("XDG_STATE_HOME", environment) { return "\(base)/transom" }
    if user == 0 { return "/var/lib/transom" }
    return home.map { "\($0)/.local/state/transom" } ?? "\(root)/state"
  }

  /// A variable that names a directory. One that is not whole means nothing, as the rules for these variables have it.
  private static func path(_ name: String, _ environment: [String: String]) -> String? {
    guard var path = environment[name], path.hasPrefix("/") else { return nil }
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}
