// Programs of ours that read and answer.

internal import ChannelMessages
internal import LinuxIO
internal import Transom

extension Part {
  /// Reads and acknowledges under a name until it has the last message and nothing came for a while.
  func read() throws {
    let channel = try open()
    let deliveries = try channel.messages(
      reader: option("reader") ?? name,
      saving: option("saving") == "each" ? .each : .coalesced
    ) { [log] gap in
      log.write("gap \(gap.reason.rawValue) \(gap)")
    }
    log.write("opened")
    var hasLast = isLastAcknowledged
    while true {
      // Before the look, so that what was sent before it is found by it.
      let isLastLook = isToDrain
      guard let delivery = try deliveries.next(within: .milliseconds(isLastLook && hasLast ? 200 : 20)) else {
        if isLastLook, hasLast { break }
        continue
      }
      guard let letter = Letter(delivery.message) else {
        // Questions and answers are for others, who check them.
        let isForOthers = delivery.message.kind != .event
        if !isForOthers {
          log.write("odd \(delivery.number) \(delivery.message.method ?? "-") \(delivery.message.payload)")
        }
        try delivery.acknowledge()
        continue
      }
      let mark = delivery.isRedelivered ? "again" : "first"
      log.write("got \(letter.sender) \(letter.number) \(delivery.message.id) \(delivery.number) \(mark)")
      try delivery.acknowledge()
      log.write("done \(letter.sender) \(letter.number)")
      if letter.sender == RoundFolder.lastSender { hasLast = true }
      // Slow until then: what it has not read by the end it reads as fast as it can.
      if !isToStop { pause() }
    }
    deliveries.close()
    channel.close()
    log.write("closed")
  }

  /// Whether an earlier process of this reader has dealt with the last message already.
  private var isLastAcknowledged: Bool {
    let reader = option("reader") ?? name
    return Disk.names(in: folder.path).contains { file in
      guard file.hasPrefix("\(reader)."), file.hasSuffix(".log") else { return false }
      return LogLine.all(in: "\(folder.path)/\(file)").contains {
        $0.verb == "done" && $0.sender == RoundFolder.lastSender
      }
    }
  }

  /// Asks until it is told to stop; each answer has to be that of its question.
  func request() throws {
    let channel = try open()
    var next = 1
    while !isToStop {
      ask(next, channel, timeout: .seconds(2))
      next += 1
      pause()
    }
    // Whoever is asked over a bridge behaves badly until then.
    while option("calm") != nil, !Disk.exists(folder.calm) { KernelClock.pause(.milliseconds(2)) }
    log.write("finally")
    ask(next, channel, timeout: .seconds(15))
    channel.close()
    log.write("closed")
  }

  private func ask(_ number: Int, _ channel: Channel, timeout: Duration) {
    log.write("ask \(number)")
    do {
      let answer = try channel.request("next", JSONText(trusted: Array("\(number)".utf8)), timeout: timeout)
      log.write("answer \(number) \(answer)")
    } catch {
      log.write("unanswered \(number) \(error)")
    }
  }

  /// Answers each number with the next one.
  func respond() throws {
    let channel = try open()
    channel.respond(to: "next") { [log] (number: Int) in
      log.write("served \(number)")
      return number + 1
    }
    while !isToDrain { KernelClock.pause(.milliseconds(10)) }
    channel.close()
    log.write("closed")
  }
}
