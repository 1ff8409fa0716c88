// The one channel behind a door.

/// What a door leads to that is for one channel alone.
package struct LoneChannel: DoorChannels {
  private let name: String
  private let bridge: Bridge

  package init(_ bridge: Bridge, named name: String) {
    self.bridge = bridge
    self.name = name
  }

  package func bridge(ofChannel name: String) async throws -> Bridge? { name == self.name ? bridge : nil }

  package func leads(toChannel name: String) -> Bool { name == self.name }

  package func showLife() { bridge.assumeIsolated { $0.showLife() } }
}
