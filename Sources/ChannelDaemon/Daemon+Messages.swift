// What becomes of messages in the daemon.

internal import ChannelLedger
internal import ChannelMessages
internal import ChannelModel
internal import Transom

extension Daemon {
  /// Under which the daemon reads events: what comes while it is not there is kept for it.
  static let readerName = "transomd"

  /// Takes requests and events of an opened channel, as far as there are handlers for them.
  func begin(_ channel: ServedChannel, _ open: OpenChannel) {
    for (side, settings) in channel.handlers {
      guard let end = open.sides[side] else { continue }
      for setting in settings {
        for method in setting.methods {
          let path = channel.path
          let responder = end.respond(to: method) { [weak self] message in
            guard let self else { throw RequestRefusal.ending }
            return try await answer(message, at: path, open.identity, side, setting)
          }
          channel.responders.append(responder)
        }
      }
      if channel.takesEvents(as: side) {
        Task { await takeEvents(of: channel, open, end, side) }
      }
    }
  }

  // MARK: Requests

  /// Why a request is answered with an error that is not its handler's.
  enum RequestRefusal: Error, CustomStringConvertible {
    case ending
    case interrupted
    case notReady(attempts: Int)
    case ledger(ChannelError)

    var description: String {
      switch self {
      case .ending: "the daemon is ending"
      case .interrupted: "interrupted: the daemon ended while this request was handled, and it is not safe to repeat"
      case .notReady(let attempts): "the handler asked for it to be tried later, \(attempts) times"
      case .ledger(let error): "the request cannot be recorded, and so not run: \(error.what)"
      }
    }
  }

  private func answer(
    _ message: Message,
    at path: String,
    _ identity: String,
    _ side: Side,
    _ setting: HandlerSetting
  ) async throws -> JSONText {
    guard let channel = channels[path], !isEnding else { throw RequestRefusal.ending }
    channel.begins()
    defer { channel.ends() }
    let direction = Direction(writtenBy: side.other)
    let beginning: RequestBeginning
    do {
      beginning = try await ledger.begin(
        message.id,
        of: identity,
        direction,
        handler: setting.name,
        isRepeatable: setting.isRepeatable
      )
    } catch {
      log.say(.error, .ledger, "\(error)")
      throw RequestRefusal.ledger(error)
    }
    switch beginning {
    case .fresh(let run):
      let outcome = await handle(message, in: channel, direction, setting)
      do {
        try await ledger.settle(run, outcome)
      } catch {
        // It was handled all the same: who asked is told, and only a repetition would not be known.
        log.say(.error, .ledger, "\(error)", [.init("id", message.id)])
      }
      settled("\(identity) \(direction) \(message.id)", outcome)
      return try outcome.answer
    case .running: return try await outcome(of: "\(identity) \(direction) \(message.id)").answer
    case .settled(let outcome): return try outcome.answer
    case .interrupted: throw RequestRefusal.interrupted
    }
  }

  /// Runs a request, again when its handler asks for that.
  private func handle(
    _ message: Message,
    in channel: ServedChannel,
    _ direction: Direction,
    _ setting: HandlerSetting
  ) async -> RequestOutcome {
    var backoff = Backoff(first: setting.backoff.first, longest: setting.backoff.longest)
    for attempt in 1...max(1, setting.attempts) {
      switch await run(message, in: channel, direction, setting) {
      case .answer(let result): return .result(result)
      case .failed(let failure): return .error("\(failure)")
      case .later:
        if attempt < setting.attempts { await pause(backoff.next(jitter: .random(in: .min ... .max))) }
        if isEnding { return .error("\(RequestRefusal.ending)") }
      }
    }
    return .error("\(RequestRefusal.notReady(attempts: setting.attempts))")
  }

  /// Hands a message to its handler, once there is room, and waits for the outcome.
  private func run(
    _ message: Message,
    in channel: ServedChannel,
    _ direction: Direction,
    _ setting: HandlerSetting
  ) async -> HandlerOutcome {
    let job = HandlerJob(channel: channel.name, path: channel.path, direction: direction, message: message)
    while let handler = handlers[setting.name], !isEnding {
      guard handler.canTake else {
        await withCheckedContinuation { waitingForRoom[setting.name, default: []].append($0) }
        continue
      }
      return await withCheckedContinuation { continuation in
        do throws(HandlerRefusal) {
          try handler.give(job) { continuation.resume(returning: $0) }
        } catch {
          continuation.resume(returning: .failed(HandlerFailure(.cancelled)))
        }
      }
    }
    return .failed(HandlerFailure(.cancelled))
  }

  // MARK: Requests that came twice

  private func outcome(of request: String) async -> RequestOutcome {
    await withCheckedContinuation { attached[request, default: []].append($0) }
  }

  private func settled(_ request: String, _ outcome: RequestOutcome) {
    for waiting in attached.removeValue(forKey: request) ?? [] { waiting.resume(returning: outcome) }
  }

  // MARK: Events

  /// Hands the events of one side to its handlers, as long as the channel is open.
  private func takeEvents(of channel: ServedChannel, _ open: OpenChannel, _ end: Channel, _ side: Side) async {
    var backoff = Backoff(first: .seconds(1), longest: .seconds(30))
    while !isEnding, channel.holds(open) {
      do {
        if try await handEventsOn(channel, end, side) { return }
      } catch {
        log.say(.error, .channels, "events cannot be read: \(error)", [.init("channel", channel.path)])
      }
      await pause(backoff.next(jitter: .random(in: .min ... .max)))
    }
  }

  /// Hands them on one after the other, so that their order stays, until the channel is closed; false when one could be
  /// neither handled nor set aside.
  private func handEventsOn(_ channel: ServedChannel, _ end: Channel, _ side: Side) async throws -> Bool {
    let deliveries = try end.messages(reader: Self.readerName) { [log, path = channel.path] gap in
      log.say(.warning, .channels, "messages are missing: \(gap)", [.init("channel", path)])
    }
    defer { deliveries.close() }
    while let delivery = try await deliveries.next() {
      channel.begins()
      defer { channel.ends() }
      let message = delivery.message
      if message.kind == .event, let setting = channel.handler(ofEvent: message.method ?? "", as: side) {
        let isDone = await takeEvent(message, delivery.number, in: channel, Direction(writtenBy: side.other), setting)
        guard isDone else { return false }
      }
      try await delivery.acknowledge()
    }
    return true
  }

  /// Has an event handled or set aside; false when it is neither, since the daemon ends.
  private func takeEvent(
    _ message: Message,
    _ number: UInt64,
    in channel: ServedChannel,
    _ direction: Direction,
    _ setting: HandlerSetting
  ) async -> Bool {
    var backoff = Backoff(first: setting.backoff.first, longest: setting.backoff.longest)
    var attempt: UInt64 = 0
    while !isEnding {
      attempt += 1
      var isLast = attempt >= setting.attempts
      let why: (DeadLetter.Reason, String)
      switch await run(message, in: channel, direction, setting) {
      case .answer: return true
      case .later: why = (.tooManyAttempts, "the handler asked for it to be tried later")
      case .failed(let failure):
        if isEnding { return false }
        why = (failure.letterReason, "\(failure)")
        if !failure.isWorthAnotherTry { isLast = true }
      }
      if isLast {
        return await setAside(message, number, in: channel, direction, why, attempts: attempt)
      }
      await pause(backoff.next(jitter: .random(in: .min ... .max)))
    }
    return false
  }

  private func setAside(
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
      failure: DeadLetter.Failure(why.text, at: clock())
    )
    do {
      let letter = try await ledger.setAside(failed)
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
