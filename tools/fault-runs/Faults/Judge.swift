// Whether a round kept what is promised.

internal import ChannelMessages

/// Reads the logs of a round, and the channel as it was left, and says what is wrong.
final class Judge {
  let scenario: Scenario
  let round: Round
  private(set) var failures: [String] = []
  var tally = Tally()

  init(_ scenario: Scenario, _ round: Round) {
    self.scenario = scenario
    self.round = round
  }

  func fail(_ text: String) { failures.append(text) }

  func lines(of name: String) -> [LogLine] { LogLine.all(in: round.folder.log(name)) }

  func judge() {
    for side in Side.allCases { judge(side) }
    for part in round.parts {
      tally.kills += part.incarnation - 1
      for name in part.names {
        judgeErrors(of: name, part.program)
        judgeWords(of: name, part.program)
      }
    }
    tally.stops = scenario.acts.count { if case .stop = $0.deed { true } else { false } }
    // What hung holds what it holds.
    if round.failures.isEmpty { judgeChannel() }
  }

  /// What one side sent.
  private func judge(_ side: Side) {
    var sent = SentLetters()
    for part in round.parts where part.program.side == side {
      for name in part.names {
        switch part.program.role {
        case .write: sent.take(lines(of: name), of: name, isOurs: true, tears: scenario.tears)
        case .peerWrite, .plainWrite: sent.take(lines(of: name), of: name, isOurs: false, tears: scenario.tears)
        case .talk: sent.takeTold(lines(of: name))
        case .intrude: sent.takeWild(lines(of: name))
        case .read, .request, .respond, .peerRead, .bridge: break
        }
      }
    }
    judgeLast(of: side)
    for line in sent.unexpected where !isExcused(line) { fail(line) }
    tally.sent += sent.ours.values.count { $0.isAcknowledged }
    tally.sentByPeers += sent.foreign.values.count { $0.isAcknowledged }
    for part in round.parts where part.program.role == .read && part.program.side == side.other {
      let incarnations = part.names.map { lines(of: $0) }
      tally.delivered += incarnations.reduce(0) { $0 + $1.count { $0.verb == "got" } }
      tally.gaps += incarnations.reduce(0) { $0 + $1.count { $0.verb == "gap" } }
      var reader = ReaderJudge(
        name: part.program.name,
        isSavedEach: part.program.options.contains("saving=each"),
        losesForeign: scenario.losesForeign(of: side),
        isDamaged: scenario.damages(side)
      )
      reader.judge(incarnations, against: sent, isComplete: part.isOver && round.failures.isEmpty)
      for failure in reader.failures { fail(failure) }
    }
    if side == .frontend { judgeFarEnd(sent) }
    for part in round.parts where part.program.role == .peerRead && part.program.side == side.other {
      judgePeerReader(part, sent)
    }
  }

  /// The message that ends a round has to be seen: all is calm by then.
  private func judgeLast(of side: Side) {
    let letter = Letter(sender: RoundFolder.lastSender, number: 1)
    let lines = lines(of: RoundFolder.lastSender).filter {
      $0.verb == "unseen" || $0.verb == "unsent" || $0.verb == "failed"
    }
    for line in lines where side == .backend { fail("\(letter.sender): \(line.text)") }
  }

  /// A holder that is stopped makes others wait, and they say so.
  private func isExcused(_ line: String) -> Bool {
    let canBeHeldUp =
      scenario.acts.contains { if case .stop = $0.deed { true } else { false } }
      || scenario.programs.contains { $0.breakpoints.contains { $0.effect == .stop } }
    let isOfTime = line.contains("held by") || line.contains("within the time allowed")
    return canBeHeldUp && isOfTime || scenario.tears && line.contains("within the time allowed")
  }

  // MARK: Single programs

  private func judgeErrors(of name: String, _ program: Scenario.Program) {
    if program.role == .bridge { return judgeNotices(of: name) }
    for line in (Disk.text(round.folder.errors(name)) ?? "").split(separator: "\n").prefix(5) {
      fail("\(name) wrote to standard error: \(line)")
    }
  }

  private func judgeWords(of name: String, _ program: Scenario.Program) {
    let lines = lines(of: name)
    var isCalm = false
    var isFinal = false
    for line in lines {
      switch line.verb {
      case "calm": isCalm = true
      case "finally": isFinal = true
      case "failed": fail("\(name): \(line.text)")
      case "trouble" where !(scenario.tears && line.text.contains("malformed-window")):
        if !isExcused(line.text) { fail("\(name): \(line.text)") }
      case "error" where isCalm || !scenario.cuts: fail("\(name), a 1.0 reader: \(line.text)")
      case "answer" where line.words.count < 3 || Int(line.sender) != Int(line.words[2]).map({ $0 - 1 }):
        fail("\(name): the answer of another question: \(line.text)")
      case "unanswered" where isFinal: fail("\(name): \(line.text)")
      case "unclear" where !isExcused(line.text): fail("\(name): \(line.text)")
      default: break
      }
    }
  }
}

extension SentLetters.Fate {
  var isAcknowledged: Bool { if case .acknowledged = self { true } else { false } }
}
