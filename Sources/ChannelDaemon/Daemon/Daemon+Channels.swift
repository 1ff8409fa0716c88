// How the daemon has to do with channels.

internal import ChannelAdmin
internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import Transom

extension Daemon {
  /// So many are opened at once, and so many are open at a time only to see whether there is something to do in them:
  /// whoever has ten thousand channels is not to have ten thousand of them open at its start.
  private static let mostOpening = 8
  private static let mostLooks = 64
  /// A channel in which nothing happens for so long is closed; one in which nothing has happened since it was found, much
  /// sooner.
  private static let linger = Duration.seconds(30)
  private static let firstLinger = Duration.milliseconds(200)
  private static let longestRetryPause = Duration.seconds(15)
  /// What was asked so long before there was anybody to take it is taken as well.
  private static let lookback = Duration.seconds(30)

  // MARK: Coming and going

  func found(_ news: ChannelFinder.News) {
    switch news {
    case .appeared(let path): serve(path)
    case .gone(let path):
      log.say(.info, .channels, "gone", [.init("channel", path)])
      if let channel = channels.removeValue(forKey: path) {
        dropBridges(of: channel)
        closeLater(channel)
      }
    case .trouble(let error):
      log.say(.warning, .channels, "\(error)")
      rootTroubles[error.path] = error.what
    case .mended(let path):
      log.say(.info, .channels, "can be looked at again", [.init("directory", path)])
      rootTroubles[path] = nil
      tendRoots()
    }
  }

  private func serve(_ path: String) {
    channelCount += 1
    let name = configuration.name(ofChannelAt: path)
    let channel = ServedChannel(number: channelCount, path: path, named: name, handlers: configuration.handlers)
    log.say(phase == .serving ? .info : .debug, .channels, "appeared", [.init("channel", path)])
    if let former = channels[path] {
      dropBridges(of: former)
      closeLater(former)
    }
    channels[path] = channel
    attend(to: channel)
    keepBridges(over: channel)
    // For what was sent before there was anybody to take it, and what its programs have left undone.
    if channel.attention != nil, !ChannelLook.isEmpty(path) {
      toLook.append(channel)
      openNext()
    }
  }

  private func attend(to channel: ServedChannel) {
    let path = channel.path
    do throws(ChannelError) {
      channel.attention = try ChannelAttention(to: path, by: watcher) { [weak self] sight in
        self?.assumeIsolated { $0.saw(sight, in: path) }
      }
    } catch {
      if channel.failures == 0 { log.say(.warning, .channels, "\(error)") }
      failed(channel, error)
    }
  }

  private func saw(_ sight: ChannelAttention.Sight, in path: String) {
    guard let channel = channels[path] else { return }
    switch sight {
    case .activity:
      channel.hasHappened = true
      wake(channel)
    case .whole:
      // Nothing may have happened in it: to open ten thousand in turn would be work without end.
      guard case .idle = channel.phase else { return wake(channel) }
      let isAsBefore = channel.traces.map { ChannelLook.traces(of: path) == $0 } ?? ChannelLook.isEmpty(path)
      if !isAsBefore { wake(channel) }
    case .gone: finder?.lookAgain(at: path)
    }
  }

  /// It is tried again after a while.
  private func failed(_ channel: ServedChannel, _ error: any Error) {
    guard channels[channel.path] === channel else { return }
    channel.failures += 1
    channel.status.trouble = "\(error)"
    let pause = min(Self.longestRetryPause, .seconds(1) * (1 << min(channel.failures - 1, 6)))
    channel.retry = .now.advanced(by: pause)
    tended[channel.number] = channel
  }

  // MARK: Opening

  /// Something may be to be done in a channel.
  func wake(_ channel: ServedChannel) {
    channel.active = .now
    channel.retry = nil
    switch channel.phase {
    case .idle:
      channel.phase = .opening
      toOpen.append(channel)
      openNext()
    case .closing: channel.phase = .closing(again: true)
    case .opening, .open, .over: break
    }
  }

  private func openNext() {
    while openingCount < Self.mostOpening, !isEnding, let channel = nextToOpen() {
      openingCount += 1
      Task {
        await open(channel)
        openingCount -= 1
        openNext()
      }
    }
  }

  /// Those in which something happens before those that are only looked at.
  private func nextToOpen() -> ServedChannel? {
    toOpen.removeAll { if case .opening = $0.phase { false } else { true } }
    // Of two that follow each other at a path only one may take requests; the former may take its time to end.
    if let place = toOpen.firstIndex(where: { closings[$0.path] == nil }) { return toOpen.remove(at: place) }
    while !toLook.isEmpty, tended.values.count(where: { !$0.hasHappened }) < Self.mostLooks {
      let channel = toLook.removeFirst()
      if case .idle = channel.phase {
        channel.active = .now
        channel.phase = .opening
        guard closings[channel.path] != nil else { return channel }
        toOpen.append(channel)
      }
    }
    return nil
  }

  private func open(_ channel: ServedChannel) async {
    let (path, number, sides) = (channel.path, channel.number, Set(channel.handlers.keys))
    let methods = methods(of: channel)
    let lookback = Self.lookback + Moment.now.duration(since: channel.unansweredSince)
    let take = taker(at: path, number)
    let onTrouble: @Sendable (ChannelError) -> Void = { [weak self, loop] error in
      loop.perform { [weak self] in self?.assumeIsolated { $0.met(error, in: path, number) } }
    }
    // On a thread that may wait.
    let result = await Task.detached { () -> Result<OpenChannel, any Error> in
      Result {
        let open = try OpenChannel.open(at: path, as: sides, onTrouble: onTrouble)
        open.answer(methods, lookback: lookback, take)
        return open
      }
    }.value
    switch result {
    case .success(let open):
      guard case .opening = channel.phase, !isEnding else { return await open.close() }
      channel.failures = 0
      channel.status.trouble = nil
      channel.active = .now
      channel.phase = .open(open)
      tended[channel.number] = channel
      // What the configuration says may have changed while it was being opened.
      if methods != self.methods(of: channel) || !open.has(Set(channel.handlers.keys)) { renew(channel) }
      beginEvents(of: channel, open)
    case .failure(let error):
      guard case .opening = channel.phase else { return }
      channel.phase = .idle
      failed(channel, error)
      if channel.failures == 1 { log.say(.warning, .channels, "cannot be opened: \(error)", [.init("channel", path)]) }
    }
  }

  private func methods(of channel: ServedChannel) -> [Side: Set<String>] {
    Dictionary(uniqueKeysWithValues: channel.handlers.keys.map { ($0, channel.methods(as: $0)) })
  }

  private func taker(at path: String, _ number: Int) -> OpenChannel.Take {
    { [weak self, loop] message, reply, side, identity in
      guard loop.isOwnThread else {
        return loop.perform { [weak self] in
          self?.assumeIsolated { $0.take(message, reply, at: path, number, identity, as: side) }
        }
      }
      self?.assumeIsolated { $0.take(message, reply, at: path, number, identity, as: side) }
    }
  }

  /// Has the events read of all sides that handlers take them of, and that it is open as by now.
  private func beginEvents(of channel: ServedChannel, _ open: OpenChannel) {
    for side in channel.handlers.keys where open.has([side]) && channel.takesEvents(as: side) {
      guard channel.reading[side] !== open else { continue }
      channel.reading[side] = open
      Task {
        await takeEvents(of: channel, open, as: side)
        if channel.reading[side] === open { channel.reading[side] = nil }
      }
    }
  }

  /// Something is wrong with a channel that is open.
  private func met(_ error: ChannelError, in path: String, _ number: Int) {
    log.say(.warning, .channels, "\(error)", [.init("channel", path)])
    guard let channel = channels[path], channel.number == number else { return }
    switch error.code {
    case .malformedWindow: channel.status.isWrittenInPlace = true
    default: channel.status.trouble = "\(error)"
    }
  }

  // MARK: A new configuration

  /// Goes by handlers that are others than before, without a gap for what is the same.
  func renew(_ channel: ServedChannel) {
    guard case .open(let open) = channel.phase else { return }
    let (methods, take) = (methods(of: channel), taker(at: channel.path, channel.number))
    let former = channel.renewal
    channel.renewal = Task {
      // Of two configurations the last one counts.
      await former?.value
      let result = await Task.detached { () -> Result<Void, any Error> in
        Result {
          try open.join(as: Set(methods.keys))
          open.answer(methods, lookback: Self.lookback, take)
        }
      }.value
      if case .failure(let error) = result {
        log.say(.error, .channels, "cannot be opened as another side: \(error)", [.init("channel", channel.path)])
      }
      if channel.holds(open) { beginEvents(of: channel, open) }
    }
  }

  // MARK: Resting

  /// Tries again what failed, closes channels in which nothing happens, and looks how readers are in others.
  func tendChannels() {
    let now = Moment.now
    for (number, channel) in tended {
      if let retry = channel.retry {
        guard retry <= now else { continue }
        if channel.attention == nil { attend(to: channel) }
        if channel.attention != nil { wake(channel) }
      } else if case .open(let open) = channel.phase {
        if channel.status.inFlight == 0, channel.isQuiet(at: now, for: Self.linger, Self.firstLinger) {
          rest(channel)
        } else {
          look(at: channel, open)
        }
      } else if case .over = channel.phase {
        tended[number] = nil
      }
    }
    openNext()
  }

  /// Closes a channel in which nothing happens; what happens meanwhile opens it again.
  private func rest(_ channel: ServedChannel) {
    guard case .open(let open) = channel.phase else { return }
    channel.phase = .closing(again: false)
    channel.unansweredSince = .now
    tended[channel.number] = nil
    Task {
      let path = channel.path
      let traces = await Task.detached {
        open.stopAnswering()
        await open.close()
        // What has come meanwhile was told.
        return ChannelLook.traces(of: path)
      }.value
      channel.traces = traces
      guard case .closing(let again) = channel.phase else { return }
      channel.phase = .idle
      channel.hasHappened = false
      if again { wake(channel) }
    }
  }

  func closeLater(_ channel: ServedChannel) {
    let turn = closings.next(at: channel.path)
    closings.begin(
      turn,
      Task {
        await turn.former?.value
        await close(channel)
        closings.finish(turn)
        openNext()
      }
    )
  }

  func stopAnswering(in channel: ServedChannel) {
    if case .open(let open) = channel.phase { open.stopAnswering() }
  }

  func close(_ channel: ServedChannel) async {
    channel.attention?.end()
    let phase = channel.phase
    channel.phase = .over
    tended[channel.number] = nil
    if case .open(let open) = phase { await open.close() }
  }

  // MARK: Care

  /// How far behind readers are is found out now and then, by a thread that may wait.
  private func look(at channel: ServedChannel, _ open: OpenChannel) {
    guard !channel.isLookedAt, channel.looked.map({ Moment.now.duration(since: $0) >= Self.lookPause }) ?? true else {
      return
    }
    channel.isLookedAt = true
    let path = channel.path
    Task {
      let readers = await Task.detached { ChannelLook.readers(of: path) }.value
      channel.isLookedAt = false
      channel.looked = .now
      for reader in readers where reader.unread >= Self.worthAWarning {
        let isNews = (channel.status.readers.first { $0.name == reader.name }?.unread ?? 0) < Self.worthAWarning
        guard isNews else { continue }
        log.say(
          .warning,
          .channels,
          "a reader is far behind",
          [.init("channel", path), .init("reader", reader.name), .init("unread", Int64(clamping: reader.unread))]
        )
      }
      channel.status.readers = readers
    }
  }

  private static let lookPause = Duration.seconds(5)
  /// A reader with so many messages before it is told of.
  private static let worthAWarning: UInt64 = 10_000
}
