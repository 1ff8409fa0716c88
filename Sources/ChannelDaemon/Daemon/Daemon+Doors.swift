// The daemon's doors.

internal import ChannelBridge
internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import LinuxIO
internal import Transom

extension Daemon {
  /// A channel that nobody at a door has had to do with for so long is closed.
  private static let linger = Duration.seconds(30)
  /// So many may be open for those who come by doors.
  private static let mostDoorBridges = 1_024
  /// Proxies and browsers end what is silent for longer.
  private static let lifePause = Duration.seconds(15)

  /// Makes doors at places where none is yet, and has them listen.
  ///
  /// - Throws: A `ChannelError` that says which of them cannot listen, and why; then none of them does.
  func openDoors(
    _ settings: [DoorSetting],
    _ material: ConnectionMaterial
  ) throws(ChannelError) -> [Endpoint: ServedDoor] {
    var opened: [Endpoint: ServedDoor] = [:]
    for setting in settings {
      let address = material.address(of: setting)
      guard doors[address.endpoint] == nil else { continue }
      let door = Door(
        at: address,
        lent: sockets.descriptor(for: setting),
        securedBy: material.security(of: setting),
        to: DaemonDoorChannels(of: self, behind: setting),
        letting: material.access(of: setting),
        connections: setting.connections,
        on: loop,
        told: teller(of: setting)
      )
      // Not a call that throws: those lose the type of what they throw.
      let begun = door.assumeIsolated { door in Result { () throws(ChannelError) in try door.begin() } }
      do throws(ChannelError) {
        try begun.get()
      } catch {
        for (endpoint, served) in opened { end(served.door, at: endpoint) }
        let key = "\(setting.keyPath).listen"
        throw ChannelError(
          error.code,
          at: "door \(setting.name)",
          "\(address): \(error.what)",
          hint: "\(error.hint); that is \(key) in the configuration"
        )
      }
      opened[address.endpoint] = ServedDoor(door: door, setting: setting)
    }
    return opened
  }

  /// Tells what a door does by the name that the configuration has for it.
  private func teller(of setting: DoorSetting) -> @Sendable (DoorNotice) -> Void {
    { [weak self, name = setting.name] notice in
      self?.assumeIsolated { daemon in
        if case .dismissed = notice { daemon.sentAwayCount += 1 }
        daemon.tell(notice, .doors, about: "door \(name)", [.init("door", name)])
      }
    }
  }

  /// Goes by what a new configuration says of doors; those at new places listen already.
  func swapDoors(_ opened: [Endpoint: ServedDoor], to settings: [DoorSetting]) {
    let endpoints = Set(settings.map { material.address(of: $0).endpoint })
    for (endpoint, served) in doors where !endpoints.contains(endpoint) {
      end(served.door, at: endpoint)
    }
    for setting in settings {
      let address = material.address(of: setting)
      guard let served = doors[address.endpoint] else { continue }
      let (channels, access) = (DaemonDoorChannels(of: self, behind: setting), material.access(of: setting))
      let security = material.security(of: setting)
      let hasMoved = served.setting.side != setting.side
      let told = teller(of: setting)
      doors[address.endpoint]?.setting = setting
      served.door.assumeIsolated { door in
        door.renew(as: address, to: channels, letting: access, securedBy: security, told: told)
        if hasMoved { door.dismissAll(because: "the door takes the other side of channels now") }
      }
    }
    doors.merge(opened) { $1 }
  }

  /// Tells once of each descriptor that was opened for nobody: who connects there would wait for ever.
  func tellOfUnclaimedSockets() {
    for (entry, advice) in sockets.unclaimed(by: configuration) where toldSockets.insert(entry.number).inserted {
      let place = SocketAddress.own(of: entry.number).map { " (\($0))" } ?? ""
      let what = "nothing listens at the descriptor \"\(entry.name)\"\(place): \(advice)"
      log.say(.warning, .daemon, what, [.init("descriptor", entry.name)])
    }
  }

  func endDoors() async {
    for (endpoint, served) in doors { end(served.door, at: endpoint) }
    for ending in doorEndings.tasks { await ending.value }
    for place in doorBridges.keys { closeDoorBridge(at: place) }
    for closing in doorClosings.tasks { await closing.value }
  }

  private func end(_ door: Door, at endpoint: Endpoint) {
    doors[endpoint] = nil
    // Before those are done that went before it: the next one may come there meanwhile.
    door.assumeIsolated { $0.shut() }
    let turn = doorEndings.next(at: endpoint)
    doorEndings.begin(
      turn,
      Task {
        await turn.former?.value
        await door.end()
        doorEndings.finish(turn)
      }
    )
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
    configuration.places(ofChannel: name).lazy.compactMap { self.channels[$0] }.first { $0.name == name }
  }

  private func openDoorBridge(at place: DoorBridge.Place, of channel: ServedChannel) -> DoorBridge {
    let former = doorClosings[place]
    let opening = Task<Bridge, any Error> {
      await former?.value
      let name = DoorBridge.name
      let (opened, identity) = try await channelToCarry(at: place.path, as: place.side, of: name)
      let memory = memory(of: identity, at: place.path, as: place.side, by: name)
      let bridge = Bridge(Route(named: name), fromDoorsTo: opened, remembering: memory, on: loop) {
        [weak self] notice in
        // Whoever came by a door is told of there: nobody has called a bridge so.
        self?.assumeIsolated { $0.tell(notice, .doors, about: "\(name) \(place.path)", [.init("channel", place.path)]) }
      }
      do {
        try await bridge.begin()
      } catch {
        // It has the channel by now, and maybe part of what it answers there.
        await bridge.end()
        throw error
      }
      return bridge
    }
    let opened = DoorBridge(of: channel, opening)
    doorBridges[place] = opened
    return opened
  }

  /// Closes those that nobody has to do with any more, and tells all who came by doors that there is still somebody.
  func tendDoors() {
    let now = Moment.now
    if now.duration(since: lifeShown) >= Self.lifePause {
      lifeShown = now
      for bridge in doorBridges.values.compactMap(\.bridge) { bridge.assumeIsolated { $0.showLife() } }
    }
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
    let turn = doorClosings.next(at: place)
    doorClosings.begin(
      turn,
      Task {
        await turn.former?.value
        await (try? opened.opening.value)?.end()
        doorClosings.finish(turn)
      }
    )
  }
}
