// A configuration that knows where it came from.

/// What the daemon is configured by, and who said so.
package struct EffectiveConfiguration: Sendable, Hashable {
  package var configuration: Configuration
  /// The files that were read, in their order.
  package var files: [String] = []
  /// Where values came from, by their keys: `log.level`, `handler.NAME.concurrency`. Of those that are missing nobody
  /// said anything.
  package var origins: [String: ConfigurationOrigin] = [:]

  package init(_ configuration: Configuration) {
    self.configuration = configuration
  }

  /// Where a value came from.
  package func origin(of keyPath: String) -> ConfigurationOrigin { origins[keyPath] ?? .preset }

  /// Makes values ones that nobody said.
  mutating func forgetOrigins(below prefix: String) {
    origins = origins.filter { !$0.key.hasPrefix("\(prefix).") }
  }
}
