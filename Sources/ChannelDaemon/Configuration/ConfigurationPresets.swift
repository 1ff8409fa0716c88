// What the daemon does when no file says anything.

internal import ChannelAdmin

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
    Configuration(
      roots: [root],
      state: state,
      admin: AdminSocket.standardPath(environment: environment, user: user)
    )
  }

  /// Where the files of a user's own configuration are; nil when nobody knows.
  package var configurationFolder: String? {
    (Self.path("XDG_CONFIG_HOME", environment) ?? home.map { "\($0)/.config" }).map { "\($0)/transom" }
  }

  private var root: String {
    AdminSocket.runtimeFolder(environment).map { "\($0)/transom" } ?? AdminSocket.sharedFolder(of: user)
  }

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
