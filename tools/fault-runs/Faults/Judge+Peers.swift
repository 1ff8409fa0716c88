// What 1.0 programs got of us.

internal import ChannelMessages

extension Judge {
  /// A 1.0 reader that polls in time gets everything of ours, once and in order, where nobody but us writes the window,
  /// nobody clears it, and those who send wait until what they sent is shown: who does not can be faster than a window.
  func judgePeerReader(_ part: RunningPart, _ sent: SentLetters) {
    let isAlone = scenario.programs.allSatisfy { program in
      let isOnThatSide = program.side != part.program.side
      if isOnThatSide, !program.role.isHarmless { return false }
      // A clear is one of both directions.
      return !program.options.contains { $0.hasPrefix("clear=") || isOnThatSide && $0.hasPrefix("within=") }
    }
    guard isAlone, part.incarnation == 1, part.isOver, round.failures.isEmpty else { return }
    let name = part.names[0]
    let lines = lines(of: name)
    if lines.contains(where: { $0.verb == "late" || $0.verb == "error" }) { return }
    var newest: [String: Int] = [:]
    var got: Set<Letter> = []
    for line in lines {
      if line.verb == "again" { fail("\(name), a 1.0 reader: \(line.text), which it got before") }
      // Questions and answers have no numbers of their own.
      guard line.verb == "got", sent.ours[line.letter] != nil else { continue }
      got.insert(line.letter)
      if line.number < newest[line.sender] ?? 0 { fail("\(name), a 1.0 reader: \(line.text) came late") }
      newest[line.sender] = line.number
    }
    let missing = sent.ours.filter { $0.value.isAcknowledged && !got.contains($0.key) }.keys
    let first = missing.min { ($0.sender, $0.number) < ($1.sender, $1.number) }
    if let first {
      fail("\(name), a 1.0 reader, missed \(missing.count) messages of ours, such as \(first.sender) \(first.number)")
    }
  }
}

extension Scenario.Program.Role {
  /// Whether such a program leaves a window to us.
  fileprivate var isHarmless: Bool {
    switch self {
    case .write, .read, .request, .respond, .peerRead: true
    case .intrude, .peerWrite, .plainWrite, .bridge, .talk: false
    }
  }
}
