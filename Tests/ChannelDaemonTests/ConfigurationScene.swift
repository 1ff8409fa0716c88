import ChannelDaemon
import TestSupport

/// Configurations that are read without any file.
enum ConfigurationScene {
  static let presets = Configuration(roots: ["/run/transom"], state: "/var/state", admin: "/run/transomd.sock")
  static let home = "/people/ana"
  static let folder = "/etc/transom"

  /// What these files say together, the first called `1.toml`.
  static func read(_ texts: String...) throws -> EffectiveConfiguration {
    try reader(texts, home: home).finished()
  }

  private static func reader(_ texts: [String], home: String?) -> ConfigurationReader {
    var reader = ConfigurationReader(over: presets, home: home)
    for (place, text) in texts.enumerated() {
      reader.read(Array(text.utf8), from: "\(place + 1).toml", in: folder)
    }
    return reader
  }

  /// What is wrong with them, line by line.
  static func problems(_ texts: String..., home: String? = home) -> [String] {
    do throws(ConfigurationError) {
      _ = try reader(texts, home: home).finished()
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  /// A handler with nothing but what it needs, and these lines.
  static func handler(_ name: String = "a", _ lines: String = "") -> String {
    "[[handler]]\nname = \(TomlText.string(name))\nrun = [\"true\"]\nmethods = [\"*\"]\n\(lines)\n"
  }
}
