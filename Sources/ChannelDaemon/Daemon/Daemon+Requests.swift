// What becomes of requests in the daemon.

internal import ChannelAdmin
internal import ChannelLedger
internal import ChannelMessages
internal import ChannelModel
internal import Transom

extension Daemon {
  /// Takes a request of a channel. It is on the loop, and everything up to the handler's having it is done at once: each
  /// change of threads would cost more than all the rest.
  func take(
    _ message: Message,
    _ reply: RequestReply,
    at path: String,
    _ number: Int,
    _ identity: String,
    as side: Side
  ) {
    guard let channel = channels[path], channel.number == number, !isEnding else { return reply.leave() }
    channel.begins()
    channel.status.requests &+= 1
    channel.status.active = surroundings.clock()
    let job = RequestJob(message, reply, in: channel, identity, as: side)
    ledger.note(.arrived, of: message.id, in: path, "request \(Self.short(job.method)), \(age(of: message))")
    submit(job)
  }

  /// A method as people are told it: whoever writes in a channel may make it as long as he likes.
  static func short(_ method: String?) -> String { String((method ?? "").prefix(100)) }

  func age(of message: Message) -> String {
    let now = surroundings.clock().milliseconds
    return now < message.timestamp ? "sent in the future" : "sent \(now - message.timestamp) ms before"
  }

  /// Has it handled by whichever handler takes it now.
  private func submit(_ job: RequestJob) {
    guard !isEnding, let setting = job.channel.handler(ofRequest: job.method, as: job.side),
      let served = handlers[setting.name]
    else { return leave(job) }
    served.whenRoom { [self] in
      guard handlers[setting.name] === served, !isEnding else { return submit(job) }
      if job.run == nil { begin(job, setting, served) } else { give(job, setting, served) }
    }
  }

  /// Answers nothing: whoever serves the channel next, and has a handler for it, takes it again.
  private func leave(_ job: RequestJob) {
    if let run = job.run {
      ledger.withdraw(run)
      for other in running.removeValue(forKey: job.key) ?? [] { leave(other) }
    }
    job.reply.leave()
    job.channel.ends()
  }

  private func begin(_ job: RequestJob, _ setting: HandlerSetting, _ served: ServedHandler) {
    let request = LedgerRequest(
      job.message.id,
      of: job.identity,
      job.direction,
      handler: setting.name,
      isRepeatable: setting.isRepeatable
    )
    do throws(ChannelError) {
      if let beginning = try ledger.tryBegin(request) { return begun(job, beginning, setting, served) }
    } catch {
      return refuse(job, error)
    }
    // The ledger's thread is at it.
    Task {
      do throws(ChannelError) {
        let beginning = try await ledger.begin(request)
        begun(job, beginning, setting, served)
      } catch {
        refuse(job, error)
      }
    }
  }

  private func refuse(_ job: RequestJob, _ error: ChannelError) {
    log.say(.error, .ledger, "\(error)", [.init("id", job.message.id)])
    finish(job, .error("\(RequestRefusal.ledger(error))"))
  }

  private func begun(
    _ job: RequestJob,
    _ beginning: RequestBeginning,
    _ setting: HandlerSetting,
    _ served: ServedHandler
  ) {
    switch beginning {
    case .fresh(let run):
      job.run = run
      running[job.key] = []
      give(job, setting, served)
    case .running:
      ledger.note(.held, of: job.message.id, in: job.channel.path, "it runs already")
      if running[job.key]?.append(job) == nil {
        // It has ended while the ledger was asked, which will soon know.
        Task {
          await pause(.milliseconds(2))
          submit(job)
        }
      }
    case .settled(let outcome): finish(job, outcome)
    case .interrupted: finish(job, .error("\(RequestRefusal.interrupted)"))
    }
  }

  private func give(_ job: RequestJob, _ setting: HandlerSetting, _ served: ServedHandler) {
    ledger.note(.started, of: job.message.id, in: job.channel.path, setting.name)
    served.give(job.handlerJob) { [self] outcome in ended(job, setting, outcome) }
  }

  private func ended(_ job: RequestJob, _ setting: HandlerSetting, _ outcome: HandlerOutcome) {
    if outcome == .returned { return submit(job) }
    job.attempts += 1
    let isLast = job.attempts >= setting.attempts
    let mayRepeat = setting.isRepeatable && outcome.failure?.isWorthAnotherTry == true
    if let settled = outcome.requestOutcome, isLast || isEnding || !mayRepeat { return finish(job, settled) }
    if isEnding { return leave(job) }
    if isLast { return finish(job, .error("\(RequestRefusal.notReady(attempts: job.attempts))")) }
    var backoff = job.backoff ?? Backoff(first: setting.backoff.first, longest: setting.backoff.longest)
    let wait = backoff.next(jitter: .random(in: .min ... .max))
    job.backoff = backoff
    ledger.note(.retried, of: job.message.id, in: job.channel.path, "in \(DurationText.text(wait))")
    Task {
      await pause(wait)
      submit(job)
    }
  }

  /// Answers, and whoever asked the same; then records it. Were the daemon killed in between, who asked again would be
  /// told that it was interrupted: it would not run twice.
  private func finish(_ job: RequestJob, _ outcome: RequestOutcome) {
    job.reply.answer(outcome.reply)
    let path = job.channel.path
    switch outcome {
    case .result: ledger.note(.answered, of: job.message.id, in: path)
    case .error(let text):
      job.channel.status.failed &+= 1
      ledger.note(.answered, of: job.message.id, in: path, "error: \(text)")
    }
    if let run = job.run {
      ledger.settle(run, outcome)
      for other in running.removeValue(forKey: job.key) ?? [] { finish(other, outcome) }
    }
    job.channel.ends()
  }
}
