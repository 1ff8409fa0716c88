// Where something stands in a configuration file.

/// A place in a file, as problems that are found later name it.
struct ConfigurationPlace: Sendable, Hashable {
  let file: String
  let position: TomlNode.Position
}
