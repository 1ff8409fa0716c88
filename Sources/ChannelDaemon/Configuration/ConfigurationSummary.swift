// A configuration that is right, in one line.

/// Says what was read, for whoever only wanted to know that.
package enum ConfigurationSummary {
  /// `places` are the files that would have been read.
  package static func text(_ effective: EffectiveConfiguration, lookedFor places: [String]) -> String {
    let parts = parts(of: effective.configuration)
    guard effective.files.isEmpty else { return "the configuration is right: \(parts)" }
    let files = ConfigurationReader.list(places, "nor")
    return "no configuration file is there, neither \(files), so everything is as it is by default: \(parts)"
  }

  private static func parts(of configuration: Configuration) -> String {
    let counts = [
      (configuration.handlers.count, NamedTable.handler), (configuration.bridges.count, .bridge),
      (configuration.doors.count, .door),
    ]
    let parts = counts.filter { $0.0 > 0 }.map { count, kind in "\(count) \(kind.rawValue)\(count == 1 ? "" : "s")" }
    return parts.isEmpty ? "no handlers, bridges or doors" : parts.joined(separator: ", ")
  }
}
