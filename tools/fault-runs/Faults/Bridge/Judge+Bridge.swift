// What came over a bridge.

internal import ChannelMessages

extension Judge {
  private var far: RunningPart? { round.parts.first { $0.program.role == .talk } }

  /// The other end gets each event once on a connection, in order, none left out; again only what it has not taken over,
  /// where it is kept for it; each question once, and one answer to each of its own.
  func judgeFarEnd(_ sent: SentLetters) {
    guard let far, let place = scenario.place else { return }
    var judge = FarJudge(isKept: !place.isListening, sent: sent)
    for name in far.names { judge.judge(lines(of: name)) }
    if far.isOver, round.failures.isEmpty { judge.judgeEnd() }
    for failure in judge.failures { fail("\(far.program.name): \(failure)") }
    judgeServing()
    tally.delivered += judge.deliveredCount
    tally.carried += judge.acknowledgedCount
    tally.connections += judge.connectionCount
  }

  /// Whoever answers in the channel is asked each question of the other end once: it asks none twice, and a bridge that is
  /// killed asks nothing again.
  private func judgeServing() {
    for name in round.parts.filter({ $0.program.role == .respond }).flatMap(\.names) {
      var served: Set<String> = []
      for line in lines(of: name) where line.verb == "served" {
        if !served.insert(line.sender).inserted { fail("\(name): \(line.text), a second time") }
      }
    }
  }

  /// It tells what happens to connections, and nothing else.
  func judgeNotices(of name: String) {
    let lines = (round.folder.errorLines(of: name)).filter { line in
      !FarJudge.expectedNotices.contains { line.contains($0) }
    }
    for line in lines.prefix(5) where !isHeldUp(line) { fail("\(name) says: \(line)") }
  }

  /// A program that is stopped makes others wait.
  private func isHeldUp(_ line: Substring) -> Bool {
    line.contains("held by") || line.contains("within the time allowed")
  }
}

extension RoundFolder {
  fileprivate func errorLines(of name: String) -> [Substring] { (Disk.text(errors(name)) ?? "").split(separator: "\n") }
}
