// A new configuration while the daemon serves.

internal import ChannelAdmin
internal import ChannelBridge
internal import ChannelModel
internal import ChannelSockets
internal import Transom

extension Daemon {
  func toldToReload() {
    // What is wrong is in the log.
    Task { _ = try? await reload() }
  }

  /// Takes over what the configuration files say now: reads all, makes what is new, and only then goes by it. Handlers
  /// and channels of which they say the same as before notice nothing.
  ///
  /// - Throws: A `ChannelError` that says what is wrong; everything is as it was then.
  func reload() async throws(ChannelError) -> ReloadReport {
    guard phase == .serving, !isReloading else {
      throw ChannelError(.closed, at: "the daemon", isReloading ? "is reloading already" : "is not serving now")
    }
    isReloading = true
    surroundings.told(.reloading)
    defer {
      isReloading = false
      if phase == .serving { surroundings.told(.serving(channels: channels.count)) }
    }
    let next: EffectiveConfiguration
    let found: ConfigurationCheck
    let newRoots: [String: RootLock]
    let newDoors: [Endpoint: ServedDoor]
    do throws(ChannelError) {
      (next, found) = try await loadAnew()
      newRoots = try await locks(of: next.configuration.roots.filter { roots[$0] == nil })
      // It may have been told to end meanwhile.
      guard phase == .serving else { throw ChannelError(.closed, at: "the daemon", "is ending") }
      newDoors = try openDoors(next.configuration.doors, found.material)
    } catch {
      origin.failedReloadCount += 1
      let isWrong = error.path == Self.newConfiguration
      origin.problem = isWrong ? error.what : "\(error.path): \(error.what)"
      let words = isWrong ? "\(error.path) is wrong, and the one of before holds: \(error.what)" : "\(error)"
      log.say(.error, .daemon, words)
      throw error
    }
    for problem in found.flaws { log.say(.warning, .daemon, "\(problem)") }
    var report = swap(to: next, newRoots, found.material)
    report.flaws = found.flaws.map(\.description)
    let sentAwayBefore = sentAwayCount
    for channel in channels.values { keepBridges(over: channel) }
    renewBridges()
    swapDoors(newDoors, to: configuration.doors)
    report.sentAway = sentAwayCount - sentAwayBefore
    tellOfUnclaimedSockets()
    // Whoever is told that it is done may ask at once for what is new.
    for channel in Array(channels.values) { await channel.renewal?.value }
    origin.files = next.files
    origin.loaded = surroundings.clock()
    origin.reloadCount += 1
    origin.problem = nil
    log.say(.info, .daemon, "reloaded", report.fields)
    return report
  }

  private static let newConfiguration = "the new configuration"

  /// What the files say now and what they name, read by a thread that may wait for the disk.
  private func loadAnew() async throws(ChannelError) -> (EffectiveConfiguration, ConfigurationCheck) {
    let (load, activated) = (surroundings.load, surroundings.activated)
    let result = await Task.detached {
      Result { () throws(ConfigurationError) in
        let next = try load()
        let found = ConfigurationCheck(next, having: activated)
        guard found.hindrances.isEmpty else { throw ConfigurationError(found.hindrances) }
        return (next, found)
      }
    }.value
    do throws(ConfigurationError) {
      return try result.get()
    } catch {
      throw ChannelError(.misuse, at: Self.newConfiguration, "\(error)", hint: "mend that, and reload again")
    }
  }

  private func locks(of added: [String]) async throws(ChannelError) -> [String: RootLock] {
    let result = await Task.detached { () -> Result<[String: RootLock], ChannelError> in
      do throws(ChannelError) {
        var locks: [String: RootLock] = [:]
        for root in added { locks[root] = try RootLock(root) }
        return .success(locks)
      } catch {
        return .failure(error)
      }
    }.value
    return try result.get()
  }

  /// In one go: whatever comes meets either the old or the new.
  private func swap(
    to next: EffectiveConfiguration,
    _ newRoots: [String: RootLock],
    _ newMaterial: ConnectionMaterial
  ) -> ReloadReport {
    let (old, new) = (configuration, next.configuration)
    var report = ReloadReport(from: old, to: new)
    report.filesChanged = newMaterial.filesChanged(since: material)
    material = newMaterial
    report.keysForNextStart = keysForNextStart(from: old, to: new)
    effective = next
    // What counts from the next start on is not what holds.
    effective.configuration.state = old.state
    effective.configuration.admin = old.admin
    effective.configuration.metrics = old.metrics
    for (place, door) in new.doors.enumerated() {
      if let former = former(of: door) {
        effective.configuration.doors[place].connections = former.connections
      }
    }
    log.change(to: new.log)
    let former = handlers
    handlers = [:]
    for setting in new.handlers {
      if let same = former[setting.name], same.handler.setting == setting {
        handlers[setting.name] = same
      } else {
        handlers[setting.name] = serve(setting)
      }
    }
    for channel in channels.values where channel.take(new.handlers) { renew(channel) }
    for (name, served) in former where handlers[name] !== served { dismiss(served) }
    for root in report.rootsRemoved {
      finder?.remove(root: root)
      roots[root] = nil
      rootTroubles[root] = nil
      lostRoots.remove(root)
    }
    for (root, lock) in newRoots {
      roots[root] = lock
      finder?.add(root: root)
    }
    return report
  }

  /// Lets a handler end what it is at; what waits for it goes to others.
  private func dismiss(_ served: ServedHandler) {
    leaving.append(served)
    served.giveUp()
    let setting = served.handler.setting
    // No message takes longer than that.
    served.handler.drain(within: setting.timeLimit + setting.grace) { [self] in leaving.removeAll { $0 === served } }
  }

  /// What was said of the door that is at the place of another one already.
  private func former(of door: DoorSetting) -> DoorSetting? { doors[material.address(of: door).endpoint]?.setting }

  private func keysForNextStart(from old: Configuration, to new: Configuration) -> [String] {
    (old.state != new.state ? ["state.directory"] : []) + (old.admin != new.admin ? ["admin.socket"] : [])
      + (old.metrics != new.metrics ? ["metrics"] : [])
      + new.doors.filter { door in former(of: door).map { $0.connections != door.connections } ?? false }.map {
        "\(NamedTable.door.keyPath(of: $0.name)).connections"
      }
  }
}
