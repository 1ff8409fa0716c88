// A door that the daemon keeps.

internal import ChannelBridge

/// One door, and what the configuration says of it now.
struct ServedDoor {
  let door: Door
  var setting: DoorSetting
}
