// What goes on until the program ends.

internal import ChannelBridge

/// A bridge, the door that leads to it where there is one, and where both live.
struct RunningBridge: Sendable {
  private let bridge: Bridge
  private let door: Door?
  private let place: BridgeLoop

  init(_ bridge: Bridge, _ door: Door?, _ place: BridgeLoop) {
    self.bridge = bridge
    self.door = door
    self.place = place
  }

  func end() async {
    await door?.end()
    await bridge.end()
  }
}
