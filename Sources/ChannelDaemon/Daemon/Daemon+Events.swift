// What becomes of events in the daemon.

internal import ChannelAdmin
internal import ChannelLedger
internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import Transom

extension Daemon {
  /// Under which the daemon reads events: what comes while it is not there is kept for it.
  static let readerName = "transomd"

  /// Hands the events of one side to its handlers, as long as the channel is open.
  func takeEvents(of channel: ServedChannel, _ open: OpenChannel, as side: Side) async {
    var backoff = Backoff(first: .seconds(1), longest: .seconds(30))
    while !isEnding, channel.holds(open) {
      do {
        // The thread that may wait registers the reader.
        let (path, number) = (channel.path, channel.number)
        let deliveries = try await open.events(as: side, by: Self.readerName) { [weak self, loop] gap in
          loop.perform { [weak self] in self?.assumeIsolated { $0.missed(gap, in: path, number) } }
        }
        if try await handOn(deliveries, of: channel, side) { return }
      } catch {
        log.say(.error, .channels, "events cannot be read: \(error)", [.init("channel", channel.path)])
      }
      await pause(backoff.next(jitter: .random(in: .min ... .max)))
    }
  }

  private func missed(_ gap: Gap, in path: String, _ number: Int) {
    log.say(.warning, .channels, "messages are missing: \(gap)", [.init("channel", path)])
    guard let channel = channels[path], channel.number == number else { return }
    // Where nobody knows how many they were, at least one was.
    channel.status.missed &+= gap.numbers.map { $0.upperBound - $0.lowerBound + 1 } ?? 1
  }

  /// Hands them on one after the other, so that their order stays, until the channel is closed; false when one could be
  /// neither handled nor set aside.
  private func handOn(_ deliveries: Deliveries, of channel: ServedChannel, _ side: Side) async throws -> Bool {
    defer { deliveries.close() }
    while let delivery = try await deliveries.next() {
      channel.begins()
      defer { channel.ends() }
      let message = delivery.message
      if message.kind == .event, channel.handler(ofEvent: message.method ?? "", as: side) != nil {
        channel.status.events &+= 1
        channel.status.active = surroundings.clock()
        ledger.note(
          .arrived,
          of: message.id,
          in: channel.path,
          "event \(Self.short(message.method)), \(age(of: message))"
        )
        guard await takeEvent(message, delivery.number, in: channel, side) else { return false }
      }
      try await delivery.acknowledge()
    }
    return true
  }

  /// Has an event handled or set aside; false when it is neither, since the daemon ends.
  private func takeEvent(_ message: Message, _ number: UInt64, in channel: ServedChannel, _ side: Side) async -> Bool {
    var backoff: Backoff?
    var attempt: UInt64 = 0
    while !isEnding {
      // A new configuration may have another one for it, or none.
      guard let setting = channel.handler(ofEvent: message.method ?? "", as: side) else { return true }
      // Of a channel that is gone nobody keeps up what it has handlers for.
      if case .over = channel.phase { return false }
      guard handlers[setting.name] != nil else { return false }
      var isLast = attempt + 1 >= setting.attempts
      let why: (DeadLetter.Reason, String)
      switch await handle(message, in: channel, side, setting) {
      case .returned: continue
      case .answer:
        ledger.note(.acknowledged, of: message.id, in: channel.path)
        return true
      case .later: why = (.tooManyAttempts, "the handler asked for it to be tried later")
      case .failed(let failure):
        if isEnding { return false }
        why = (failure.letterReason, "\(failure)")
        if !failure.isWorthAnotherTry { isLast = true }
      }
      attempt += 1
      if isLast {
        channel.status.failed &+= 1
        return await setAside(message, number, in: channel, Direction(writtenBy: side.other), why, attempts: attempt)
      }
      var next = backoff ?? Backoff(first: setting.backoff.first, longest: setting.backoff.longest)
      let wait = next.next(jitter: .random(in: .min ... .max))
      backoff = next
      ledger.note(.retried, of: message.id, in: channel.path, "in \(DurationText.text(wait))")
      await pause(wait)
    }
    return false
  }

  func handle(
    _ message: Message,
    in channel: ServedChannel,
    _ side: Side,
    _ setting: HandlerSetting
  ) async -> HandlerOutcome {
    let job = channel.job(message, as: side)
    return await withCheckedContinuation { done in give(job, to: setting.name) { done.resume(returning: $0) } }
  }

  func setAside(
    _ message: Message,
    _ number: UInt64,
    in channel: ServedChannel,
    _ direction: Direction,
    _ why: (reason: DeadLetter.Reason, text: String),
    attempts: UInt64
  ) async -> Bool {
    let failed = FailedMessage(
      channel: channel.path,
      direction: direction,
      id: message.id,
      sequence: SequenceNumber(number),
      kind: message.kind,
      method: message.method,
      bytes: message.encode(),
      reason: why.reason,
      attempts: attempts,
      failure: DeadLetter.Failure(why.text, at: surroundings.clock())
    )
    do {
      let letter = try await ledger.setAside(failed)
      channel.status.dead &+= 1
      letterCount = try await ledger.letters { $0.count }
      ledger.note(.dead, of: message.id, in: channel.path, why.text)
      let fields: [LogLine.Field] = [
        .init("channel", channel.path), .init("id", message.id), .init("letter", Int64(clamping: letter)),
      ]
      log.say(.warning, .handlers, "set aside: \(why.text)", fields)
      return true
    } catch {
      // It stays unacknowledged, and is handled again when the channel is opened anew.
      log.say(.error, .ledger, "\(error)", [.init("id", message.id)])
      return false
    }
  }
}
