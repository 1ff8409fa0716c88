// The daemon's doors.

internal import ChannelBridge
internal import ChannelMessages
internal import ChannelModel
internal import Transom

extension Daemon {
  /// A channel that nobody at a door has had to do with for so long is closed.
  private static let linger = Duration.seconds(30)
  /// So many may be open for those who come by doors.
  private static let mostDoorBridges = 1_024

  /// Makes doors at addresses where none is yet, and has them listen.
  ///
  /// - Throws: A `ChannelError` that says at which address nobody can listen; then none of them does.
  func openDoors(_ settings: [DoorSetting], _ material: ConnectionMaterial) throws(ChannelError) -> [PeerAddress: Door]
  {
    var opened: [PeerAddress: Door] = [:]
    for setting in settings where doors[setting.address] == nil {
      let name = setting.name
      let door = Door(
        at: setting.address,
        securedBy: material.security(of: setting),
        to: DaemonDoorChannels(of: self, behind: setting),
        letting: material.access(of: setting),
        connections: setting.connections,
        on: loop
      ) { [weak self] notice in
        self?.assumeIsolated { $0.tell(notice, .doors, about: "door \(name)", [.init("door", name)]) }
      }
      // Not a call that throws: those lose the type of what they throw.
      let begun = door.assumeIsolated { door in Result { () throws(ChannelError) in try door.begin() } }
      do throws(ChannelError) {
        try begun.get()
      } catch {
        for door in opened.values { Task { await door.end() } }
        throw error
      }
      opened[setting.address] = door
    }
    return opened
  }

  /// Goes by what a new configuration says of doors; those at new addresses listen already.
  func swapDoors(_ opened: [PeerAddress: Door], from former: [DoorSetting], to settings: [DoorSetting]) {
    let addresses = Set(settings.map(\.address))
    for (address, door) in doors where !addresses.contains(address) {
      doors[address] = nil
      bridgeCount += 1
      let number = bridgeCount
      doorEndings[number] = Task {
        await door.end()
        doorEndings[number] = nil
      }
    }
    for setting in settings {
      guard let door = doors[setting.address] else { continue }
      let (channels, access) = (DaemonDoorChannels(of: self, behind: setting), material.access(of: setting))
      let security = material.security(of: setting)
      let hasMoved = former.first { $0.address == setting.address }.map { $0.side != setting.side } ?? false
      door.assumeIsolated { door in
        if hasMoved { door.dismissAll(because: "the door takes the other side of channels now") }
        door.renew(to: channels, letting: access, securedBy: security)
      }
    }
    doors.merge(opened) { $1 }
  }

  func endDoors() async {
    let endings = doors.values.map { door in Task { await door.end() } } + Array(doorEndings.values)
    doors = [:]
    for ending in endings { await ending.value }
    for (place, _) in doorBridges { closeDoorBridge(at: place) }
    for closing in Array(doorClosings.values) { await closing.task.value }
  }

  // MARK: Channels behind doors

  /// The bridge of a channel, opened for whoever asks for it; nil when there is no such channel.
  func doorBridge(ofChannel name: String, as side: Side) async throws -> Bridge? {
    guard !isEnding else { throw ChannelError(.closed, at: "the daemon", "is ending") }
    guard let channel = channel(named: name) else { return nil }
    let place = DoorBridge.Place(path: channel.path, side: side)
    if let former = doorBridges[place], former.channel != channel.number { closeDoorBridge(at: place) }
    if doorBridges[place] == nil, doorBridges.count >= Self.mostDoorBridges {
      throw ChannelError(.closed, at: channel.path, "as many channels are open for doors as may be")
    }
    let opened = doorBridges[place] ?? openDoorBridge(at: place, of: channel)
    do {
      let bridge = try await opened.opening.value
      opened.bridge = bridge
      opened.lastUse = .now
      return bridge
    } catch {
      if doorBridges[place] === opened { doorBridges[place] = nil }
      throw error
    }
  }

  /// Of roots in which several have a name the first counts.
  private func channel(named name: String) -> ServedChannel? {
    for root in configuration.roots {
      let path = root.split(separator: "/").last.map(String.init) == name ? root : nil
      for path in ["\(root == "/" ? "" : root)/\(name)", path].compactMap(\.self) {
        if let channel = channels[path], channel.name == name { return channel }
      }
    }
    return nil
  }

  private func openDoorBridge(at place: DoorBridge.Place, of channel: ServedChannel) -> DoorBridge {
    let former = doorClosings[place]?.task
    let opening = Task<Bridge, any Error> {
      await former?.value
      let (opened, identity) = try await channelToCarry(at: place.path, as: place.side, of: "door")
      let memory = memory(of: identity, at: place.path, as: place.side, by: "door")
      let bridge = Bridge(Route(named: "door"), fromDoorsTo: opened, remembering: memory, on: loop) {
        [weak self] notice in
        self?.assumeIsolated { $0.log(notice, of: "door", in: place.path) }
      }
      try await bridge.begin()
      return bridge
    }
    let opened = DoorBridge(of: channel, opening)
    doorBridges[place] = opened
    return opened
  }

  /// Closes those that nobody has to do with any more.
  func tendDoors() {
    let now = Moment.now
    for (place, opened) in doorBridges {
      // One that is being opened is in use.
      guard opened.bridge != nil else { continue }
      let isThere = channels[place.path]?.number == opened.channel
      guard !isThere || now.duration(since: opened.lastUse) >= Self.linger else { continue }
      guard isThere else {
        closeDoorBridge(at: place)
        continue
      }
      let lastUse = opened.lastUse
      Task {
        let isUnused = await (try? opened.opening.value)?.isUnused ?? true
        // Somebody may have come meanwhile.
        guard doorBridges[place] === opened, opened.lastUse == lastUse else { return }
        if isUnused { closeDoorBridge(at: place) } else { opened.lastUse = .now }
      }
    }
  }

  private func closeDoorBridge(at place: DoorBridge.Place) {
    guard let opened = doorBridges.removeValue(forKey: place) else { return }
    bridgeCount += 1
    let (former, number) = (doorClosings[place]?.task, bridgeCount)
    let task = Task {
      await former?.value
      await (try? opened.opening.value)?.end()
      if doorClosings[place]?.number == number { doorClosings[place] = nil }
    }
    doorClosings[place] = (number, task)
  }

  /// Tells all who came by doors that there is still somebody.
  func showLife() {
    for bridge in doorBridges.values.compactMap(\.bridge) { bridge.assumeIsolated { $0.showLife() } }
  }
}
