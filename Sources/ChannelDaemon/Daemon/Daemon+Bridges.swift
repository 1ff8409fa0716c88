// The daemon's bridges.

internal import ChannelBridge
internal import ChannelLedger
internal import ChannelMessages
internal import ChannelModel
internal import Transom

extension Daemon {
  private static let longestRetryPause = Duration.seconds(15)
  private static let mostOpening = 8

  /// Sees to it that a channel has the bridges that the configuration says, and no others.
  func keepBridges(over channel: ServedChannel) {
    guard !isEnding else { return }
    let wanted = configuration.bridges.filter { setting in
      setting.channels.contains { MethodPattern($0).matches(channel.name) }
    }
    for served in channel.bridges.values where !wanted.contains(served.setting) { drop(served, of: channel) }
    for setting in wanted where channel.bridges[setting.name] == nil {
      let served = ServedBridge(setting)
      channel.bridges[setting.name] = served
      bridged[channel.number] = channel
      begin(served, over: channel)
    }
  }

  func dropBridges(of channel: ServedChannel) {
    for served in channel.bridges.values { drop(served, of: channel) }
  }

  /// Tries again what failed.
  func tendBridges() {
    let now = Moment.now
    for channel in bridged.values {
      for served in channel.bridges.values where served.retry.map({ $0 <= now }) ?? false {
        begin(served, over: channel)
      }
    }
  }

  /// Has bridges that go on use what was read anew, for connections to come.
  func renewBridges() {
    for channel in bridged.values {
      for served in channel.bridges.values {
        guard let bridge = served.bridge else { continue }
        let (security, introduction) = (
          material.security(of: served.setting), material.introduction(of: served.setting)
        )
        bridge.assumeIsolated { bridge in
          bridge.introduce(as: introduction)
          if let security { bridge.secure(by: security) }
        }
      }
    }
    formerFigures = formerFigures.filter { configuration.bridges.contains($0.key) }
  }

  /// Ends all of them, and waits for that.
  func endBridges() async {
    for channel in Array(bridged.values) { dropBridges(of: channel) }
    for ending in bridgeEndings.tasks { await ending.value }
  }

  private func begin(_ served: ServedBridge, over channel: ServedChannel) {
    served.retry = nil
    let former = bridgeEndings[key(of: served, channel)]
    served.work = Task {
      // Only one may read under its name.
      await former?.value
      await open(served, over: channel)
    }
  }

  private func open(_ served: ServedBridge, over channel: ServedChannel) async {
    let (setting, path, name) = (served.setting, channel.path, served.setting.name)
    do {
      let (opened, identity) = try await channelToCarry(at: path, as: setting.side, of: name)
      let memory = memory(of: identity, at: path, as: setting.side, by: name, isRepeatable: setting.isRepeatable)
      guard !served.isOver, !isEnding else { return await opened.close() }
      if let error = obstacle(toLending: served) {
        await opened.close()
        throw error
      }
      let bridge = Bridge(
        setting.route,
        between: opened,
        and: material.address(of: setting),
        setting.isListening ? .listening(most: setting.peers) : .connecting,
        lent: sockets.descriptor(for: setting),
        securedBy: material.security(of: setting),
        remembering: memory,
        introducing: material.introduction(of: setting),
        on: loop
      ) { [weak self, number = channel.number] notice in
        self?.assumeIsolated { daemon in
          daemon.bridged[number]?.bridges[name]?.heard(notice)
          daemon.log(notice, of: name, in: path)
        }
      }
      served.bridge = bridge
      try await bridge.begin()
      served.failures = 0
      served.trouble = nil
    } catch {
      await served.bridge?.end()
      served.bridge = nil
      served.failures += 1
      if served.trouble == nil, !served.isOver {
        log.say(.warning, .bridges, "cannot be had: \(error)", Self.fields(name, path))
      }
      served.trouble = "\(error)"
      served.retry = .now.advanced(by: min(Self.longestRetryPause, .seconds(1) * (1 << min(served.failures - 1, 4))))
    }
  }

  /// Why a bridge cannot have the socket that was opened for those of its name: if two took connections there, whoever comes
  /// would not know to which channel.
  private func obstacle(toLending served: ServedBridge) -> ChannelError? {
    let setting = served.setting
    guard sockets.descriptor(for: setting) != nil else { return nil }
    for channel in bridged.values {
      guard let other = channel.bridges[setting.name], other !== served, other.bridge != nil else { continue }
      let what = "the socket is for one channel, and \(channel.path) has it"
      return ChannelError(.refused, at: LentSockets.name(for: setting), what, hint: ConfigurationCheck.oneChannelAdvice)
    }
    return nil
  }

  /// A channel opened by a thread that may wait, for messages to be carried.
  func channelToCarry(at path: String, as side: Side, of name: String) async throws -> (Channel, identity: String) {
    let onTrouble: @Sendable (ChannelError) -> Void = { [log] error in
      log.say(.warning, .bridges, "\(error)", Self.fields(name, path))
    }
    await enterOpening()
    defer { leaveOpening() }
    return try await Task.detached {
      var options = ChannelOptions()
      options.creation = .never
      let channel = try Channel(at: path, as: side, options: options, onTrouble: onTrouble)
      try channel.checkMayWrite("to answer")
      return (channel, try channel.identity())
    }.value
  }

  /// Of ten thousand channels that have bridges not all are opened at once.
  private func enterOpening() async {
    if carryingOpenings < Self.mostOpening {
      carryingOpenings += 1
    } else {
      await withCheckedContinuation { waitingOpenings.append($0) }
    }
  }

  private func leaveOpening() {
    if waitingOpenings.isEmpty { carryingOpenings -= 1 } else { waitingOpenings.removeFirst().resume() }
  }

  /// What is remembered of what a channel's other side sends to this one.
  func memory(
    of identity: String,
    at path: String,
    as side: Side,
    by name: String,
    isRepeatable: Bool = false
  ) -> LedgerMemory {
    let direction = Direction(writtenBy: side.other)
    return LedgerMemory(
      ledger,
      on: loop,
      channel: identity,
      at: path,
      direction,
      as: name,
      isRepeatable: isRepeatable
    ) { [weak self] event, number, attempts, why in
      guard let self else { return false }
      return await setAside(event, number, inChannelAt: path, direction, because: why, attempts: attempts)
    }
  }

  private func setAside(
    _ event: Message,
    _ number: UInt64,
    inChannelAt path: String,
    _ direction: Direction,
    because why: String,
    attempts: Int
  ) async -> Bool {
    guard let channel = channels[path] else { return false }
    let why = (DeadLetter.Reason.failed, Self.refusedThere + why)
    return await setAside(event, number, in: channel, direction, why, attempts: UInt64(attempts))
  }

  private func drop(_ served: ServedBridge, of channel: ServedChannel) {
    let (key, name) = (key(of: served, channel), served.setting.name)
    channel.bridges[name] = nil
    if channel.bridges.isEmpty { bridged[channel.number] = nil }
    noticeLimits["\(name) \(channel.path)"] = nil
    served.isOver = true
    // Another one may be at its place at once.
    served.bridge?.assumeIsolated { $0.shut() }
    leavingBridges[ObjectIdentifier(served)] = served
    let turn = bridgeEndings.next(at: key)
    bridgeEndings.begin(
      turn,
      Task {
        await turn.former?.value
        await served.work?.value
        await served.bridge?.end()
        leavingBridges[ObjectIdentifier(served)] = nil
        keepFigures(of: served)
        bridgeEndings.finish(turn)
      }
    )
  }

  /// Keeps what has gone over a bridge that has ended: while it is in the configuration, no count of it becomes less.
  private func keepFigures(of served: ServedBridge) {
    guard configuration.bridges.contains(served.setting) else { return }
    var figures = served.figures
    figures.connections = 0
    formerFigures[served.setting, default: BridgeFigures()] += figures
  }

  /// What only one may be of.
  private func key(of served: ServedBridge, _ channel: ServedChannel) -> String {
    "\(served.setting.name) \(channel.path)"
  }

  // MARK: What they tell

  func log(_ notice: BridgeNotice, of name: String, in path: String) {
    tell(notice, .bridges, about: "\(name) \(path)", Self.fields(name, path))
  }

  /// Strangers can bring about any number of these: of one bridge or door some a second are told, and how many others there were.
  func tell(_ notice: some Notice, _ part: LogPart, about key: String, _ fields: [LogLine.Field]) {
    var limit = noticeLimits[key] ?? NoticeLimit()
    let untold = limit.take(at: .now)
    noticeLimits[key] = limit
    guard let untold else { return }
    let more = untold > 0 ? [LogLine.Field("untold-before", Int64(untold))] : []
    log.say(notice.isTrouble ? .warning : .info, part, "\(notice)", fields + more)
  }

  private static func fields(_ name: String, _ path: String) -> [LogLine.Field] {
    [.init("bridge", name), .init("channel", path)]
  }
}
