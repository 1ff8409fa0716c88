// Dead letters, given to handlers once more or forgotten.

internal import ChannelAdmin
internal import ChannelBridge
internal import ChannelLedger
internal import ChannelMessages
internal import ChannelModel
internal import Transom

extension Daemon {
  static func noLetter(_ word: String) -> ChannelError {
    ChannelError(.noChannel, at: "the dead letters", "none is \"\(word)\"", hint: "see transom dead list")
  }

  /// The letter of a number, or of a message's id.
  func letter(_ word: String) async throws(ChannelError) -> DeadLetter {
    if let number = UInt64(word), number < .max {
      let found = try await ledger.letters { (letters) throws(ChannelError) in
        try letters.list(after: number + 1, limit: 1)
      }
      if let letter = found.first, letter.number == number { return letter }
    }
    switch try await ledger.letters({ (letters) throws(ChannelError) in try letters.find(word) }) {
    case .nothing: throw Self.noLetter(word)
    case .one(let letter): return letter
    case .several(let letters):
      let numbers = letters.prefix(5).map { String($0.number) }.joined(separator: ", ")
      throw ChannelError(
        .misuse,
        at: "the dead letters",
        "several begin with \"\(word)\"",
        hint: "say which: \(numbers)"
      )
    }
  }

  /// All that are meant, from the oldest to the newest.
  private func chosen(_ choice: LetterChoice) async throws(ChannelError) -> [DeadLetter] {
    switch choice {
    case .one(let word): return [try await letter(word)]
    case .all(let selection):
      return try await ledger.letters { (letters) throws(ChannelError) in
        var all: [DeadLetter] = []
        while true {
          let page = try letters.list(selection, after: all.last?.number, limit: 1_000)
          all += page
          if page.isEmpty { return all.reversed() }
        }
      }
    }
  }

  /// Forgets letters; tells how many.
  func drop(_ choice: LetterChoice) async throws(ChannelError) -> Int {
    let dropped: Int
    switch choice {
    case .one(let word):
      let number = try await letter(word).number
      dropped = try await ledger.letters { (letters) throws(ChannelError) in try letters.drop(number) ? 1 : 0 }
    case .all(let selection):
      dropped = try await ledger.letters { (letters) throws(ChannelError) in try letters.drop(selection) }
    }
    await countLetters()
    return dropped
  }

  func countLetters() async {
    if let count = try? await ledger.letters({ $0.count }) { letterCount = count }
  }

  /// Gives letters to their handlers, one after the other; tells to how many that is being done. One that is handled is
  /// a letter no more, another one stays with what went wrong this time.
  func retry(_ choice: LetterChoice) async throws(ChannelError) -> Int {
    var taken: [(letter: DeadLetter, bytes: [UInt8])] = []
    for letter in try await chosen(choice) {
      guard !letter.last.error.hasPrefix(Self.refusedThere) else {
        guard case .one = choice else { continue }
        throw notToldAgain(letter)
      }
      guard setting(of: letter) != nil else {
        guard case .one = choice else { continue }
        let what = "has no handler for \(letter.method ?? "it") now"
        throw ChannelError(.noChannel, at: letter.channel, what, hint: "the letter stays; see transom status")
      }
      let taking = try await ledger.letters { (letters) throws(ChannelError) in try letters.take(letter.number) }
      if case .letter(let letter, let bytes) = taking { taken.append((letter, bytes)) }
    }
    Task { [taken] in
      for (letter, bytes) in taken { await retry(letter, bytes) }
      await countLetters()
    }
    return taken.count
  }

  /// What the failure of an event begins with that was told over a bridge, where nobody wanted it. Handlers of ours have
  /// met it on their own, and are not given it once more in that one's place.
  static let refusedThere = "the other end refuses it: "

  private func notToldAgain(_ letter: DeadLetter) -> ChannelError {
    let bridges = channels[letter.channel]?.bridges.values.map(\.setting).filter { setting in
      setting.side == letter.direction.reader && setting.route.outward.events.map(name: letter.method ?? "") != nil
    }
    let name = bridges?.count == 1 ? bridges?.first.map { "the bridge \($0.name)" } : nil
    let what = "was refused at the other end of \(name ?? "a bridge or door"), and is not told there again by itself"
    let hint = "once it is wanted, transom send tells it to all who listen; or transom dead drop \(letter.number)"
    return ChannelError(.refused, at: letter.channel, what, hint: hint)
  }

  private func setting(of letter: DeadLetter) -> (ServedChannel, HandlerSetting)? {
    guard let channel = channels[letter.channel] else { return nil }
    return channel.handler(ofEvent: letter.method ?? "", as: letter.direction.reader).map { (channel, $0) }
  }

  private func retry(_ letter: DeadLetter, _ bytes: [UInt8]) async {
    var wasHandled = false
    if let (channel, setting) = setting(of: letter), let message = try? Message(bytes), !isEnding {
      channel.begins()
      ledger.note(.retried, of: letter.id, in: letter.channel, "by hand, \(setting.name)")
      let outcome = await handle(message, in: channel, letter.direction.reader, setting)
      channel.ends()
      switch outcome {
      case .answer:
        wasHandled = true
        ledger.note(.acknowledged, of: letter.id, in: letter.channel)
      case .returned: break
      case .later: await failedAgain(letter, bytes, .tooManyAttempts, "the handler asked for it to be tried later")
      case .failed(let failure): await failedAgain(letter, bytes, failure.letterReason, "\(failure)")
      }
    }
    do throws(ChannelError) {
      try await ledger.letters { [wasHandled] (letters) throws(ChannelError) in
        try letters.finish(letter.number, wasSent: wasHandled)
      }
    } catch {
      log.say(.error, .ledger, "\(error)", [.init("id", letter.id)])
    }
  }

  private func failedAgain(
    _ letter: DeadLetter,
    _ bytes: [UInt8],
    _ reason: DeadLetter.Reason,
    _ text: String
  ) async {
    let failure = DeadLetter.Failure(text, at: surroundings.clock())
    let failed = FailedMessage(again: letter, bytes, reason, failure)
    log.say(.warning, .handlers, "failed again: \(text)", [.init("letter", Int64(clamping: letter.number))])
    do throws(ChannelError) {
      _ = try await ledger.setAside(failed)
    } catch {
      log.say(.error, .ledger, "\(error)", [.init("id", letter.id)])
    }
  }
}
