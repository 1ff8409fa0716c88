// Whether the other end of a bridge got what it was to get.

/// Goes through all that it wrote down.
struct FarJudge {
  /// What a bridge may say while its other end behaves as it does.
  static let expectedNotices = [
    "listening at", "connected with", "is done", "is lost", "cannot be reached", "was closed out", "is refused",
    "refuses",
    "it answers nothing that",
  ]

  /// Whether what it misses is kept for it.
  let isKept: Bool
  let sent: SentLetters
  private(set) var failures: [String] = []
  private(set) var deliveredCount = 0
  private(set) var acknowledgedCount = 0
  private(set) var connectionCount = 0

  /// On each connection, of each sender, the newest that came.
  private var newest: [Int: [String: Int]] = [:]
  private var got: Set<Letter> = []
  /// It was said that these are taken over.
  private var done: Set<Letter> = []
  /// The process of the bridge at the other end of each connection.
  private var bridges: [Int: Substring] = [:]
  /// A process of the bridge has heard on a connection that these are taken over.
  private var heard: [Letter: (bridge: Substring, connection: Int)] = [:]
  /// Questions of the channel, and the processes that asked them here: one that is killed leaves them unanswered.
  private var asked: [String: [Substring]] = [:]

  init(isKept: Bool, sent: SentLetters) {
    self.isKept = isKept
    self.sent = sent
  }

  mutating func judge(_ lines: [LogLine]) {
    for line in lines {
      switch line.verb {
      case "open": connectionCount += 1
      case "odd": failures.append(line.text)
      case "ack": acknowledgedCount += 1
      case "done": done.insert(line.letter)
      case "heard":
        guard let connection = line.words.last.flatMap({ Int($0) }), let bridge = bridges[connection] else { break }
        heard[line.letter] = (bridge, connection)
      case "got": judge(event: line)
      case "asked":
        if let bridge = line.words.last {
          if asked[line.sender]?.contains(bridge) == true { failures.append("\(line.text): it was asked that before") }
          asked[line.sender, default: []].append(bridge)
        }
      case "answer": judge(answer: line)
      default: break
      }
    }
  }

  private mutating func judge(event line: LogLine) {
    let letter = line.letter
    guard line.words.count >= 6, let connection = Int(line.words[3]) else { return }
    bridges[connection] = line.words[5]
    deliveredCount += 1
    let isLast = letter.sender == RoundFolder.lastSender
    switch sent.ours[letter] {
    case nil where !isLast: failures.append("\(line.text): nobody sent that")
    case .refused: failures.append("\(line.text): its sender was told that it was not sent")
    case .acknowledged(let id?) where id != line.words[4]: failures.append("\(line.text): it was sent as \(id)")
    default: break
    }
    // What comes by an earlier connection was written before, and is read late.
    if isKept, let known = heard[letter], known.bridge == line.words[5], known.connection < connection {
      failures.append("\(line.text): the bridge had heard that it is taken over")
    }
    let before = newest[connection]?[letter.sender]
    if let before, letter.number <= before {
      failures.append("\(line.text): it came after number \(before), on one connection")
    } else if before != nil || isKept {
      // What lies between has to be taken over, or was never sent.
      let missing = ((before ?? 0) + 1..<letter.number).first { number in
        let other = Letter(sender: letter.sender, number: number)
        return !done.contains(other) && sent.ours[other]?.isAcknowledged == true
      }
      if let missing { failures.append("\(line.text): number \(missing) is left out before it") }
    }
    newest[connection, default: [:]][letter.sender] = letter.number
    got.insert(letter)
  }

  private mutating func judge(answer line: LogLine) {
    guard line.words.count >= 3, line.words[2] != "failed:" else { return }
    if Int(line.sender) != Int(line.words[2]).map({ $0 - 1 }) { failures.append("\(line.text): another's answer") }
  }

  /// What is missing at the end is lost.
  mutating func judgeEnd() {
    guard isKept else { return }
    let missing = sent.ours.filter { $0.value.isAcknowledged && !got.contains($0.key) }.keys
    for letter in missing.sorted(by: { ($0.sender, $0.number) < ($1.sender, $1.number) }).prefix(5) {
      failures.append("\(letter.sender) \(letter.number) never came (\(missing.count) are missing)")
    }
  }
}
