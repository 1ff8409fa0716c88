// Whether one durable reader got what it was to get.

/// Goes through all that a reader was given, in all its incarnations.
struct ReaderJudge {
  let name: String
  /// Whether each acknowledgement was written before it returned.
  let isSavedEach: Bool
  /// Whether messages of 1.0 programs may have vanished unseen.
  let losesForeign: Bool
  /// Whether somebody wrote random bytes over messages: what they hit of 1.0 programs' looks like another message.
  let isDamaged: Bool
  private(set) var failures: [String] = []

  /// So many acknowledgements may be unwritten when a reader is killed.
  private static let highestUnwrittenCount = 100

  private struct Given {
    let id: Substring
    let number: Substring
    var incarnation: Int
    var isDone = false
  }

  init(name: String, isSavedEach: Bool, losesForeign: Bool, isDamaged: Bool) {
    self.name = name
    self.isSavedEach = isSavedEach
    self.losesForeign = losesForeign
    self.isDamaged = isDamaged
  }

  /// `isComplete` says that it came to its end, so that what is missing is lost.
  mutating func judge(_ incarnations: [[LogLine]], against sent: SentLetters, isComplete: Bool) {
    var given: [Letter: Given] = [:]
    var newest: [String: Int] = [:]
    /// Of 1.0 senders: what lies between two messages with no gap told between them.
    var gapCount = 0
    var gapsBefore: [String: Int] = [:]
    var skipped: [Letter] = []
    for (incarnation, lines) in incarnations.enumerated() {
      let unwritten = Set(lines.filter { $0.verb == "done" }.suffix(Self.highestUnwrittenCount).map(\.letter))
      for line in lines {
        switch line.verb {
        case "gap":
          if line.sender == "windowOverrun" {
            gapCount += 1
          } else {
            failures.append("\(name): \(line.text)")
          }
        case "odd" where !isDamaged: failures.append("\(name): nobody sent that: \(line.text)")
        case "done": given[line.letter]?.isDone = true
        case "got":
          let letter = line.letter
          let isOurs = sent.ours[letter] != nil
          guard line.words.count >= 6 else { continue }
          let id = line.words[3]
          if let fate = sent.ours[letter], case .acknowledged(let known?) = fate, known != id {
            if !isDamaged { failures.append("\(name): \(line.text), but it was sent as \(known)") }
            continue
          }
          if sent.ours[letter] == .refused {
            failures.append("\(name): \(line.text), of which its sender was told that it was not sent")
          }
          if !isOurs, sent.foreign[letter] == nil, !sent.wild.contains(letter), letter.sender != RoundFolder.lastSender
          {
            failures.append("\(name): nobody sent that: \(line.text)")
          }
          if let former = given[letter] {
            judgeRepeated(line, former, incarnation, isOurs: isOurs)
            given[letter]?.incarnation = incarnation
            continue
          }
          given[letter] = Given(id: id, number: line.words[4], incarnation: incarnation)
          let before = newest[letter.sender] ?? 0
          if letter.number < before, isOurs || !losesForeign && !sent.wild.contains(letter) {
            failures.append("\(name): \(line.text) came after number \(before)")
          }
          if letter.number > before {
            if !isOurs, letter.number > before + 1, gapCount == gapsBefore[letter.sender] ?? 0 {
              skipped += ((before + 1)..<letter.number).map { Letter(sender: letter.sender, number: $0) }
            }
            newest[letter.sender] = letter.number
            gapsBefore[letter.sender] = gapCount
          }
        default: break
        }
      }
      // What was acknowledged and may be unwritten can come again to the next.
      if !isSavedEach { for letter in unwritten { given[letter]?.isDone = false } }
    }
    guard isComplete else { return }
    for (letter, fate) in sent.ours where fate.isAcknowledged && given[letter] == nil {
      failures.append("\(name): \(letter.sender) \(letter.number) was acknowledged and never came")
    }
    guard !losesForeign else { return }
    // What a 1.0 window had let go of before anybody of ours was there is nobody's to tell of: a hundred came behind it.
    let opened = incarnations.joined().first { $0.verb == "opened" }?.time ?? .max
    let before = sent.times.filter { sent.foreign[$0.key] != nil && $0.value < opened }.values.sorted()
    let lastPushedOut = before.count > 100 ? before[before.count - 101] : .min
    let told = skipped.filter { letter in
      given[letter] == nil && sent.foreign[letter]?.isAcknowledged == true && sent.times[letter] ?? .max > lastPushedOut
    }
    for letter in told.prefix(5) {
      failures.append(
        "\(name): \(letter.sender) \(letter.number) of a 1.0 program is missing with no gap told in its place"
      )
    }
    // Behind the last that came nothing tells where it would have been.
    for (letter, fate) in sent.foreign
    where fate.isAcknowledged && given[letter] == nil && letter.number > newest[letter.sender] ?? 0 && gapCount == 0 {
      failures.append("\(name): \(letter.sender) \(letter.number) of a 1.0 program never came, and no gap was told")
    }
  }

  private mutating func judgeRepeated(_ line: LogLine, _ former: Given, _ incarnation: Int, isOurs: Bool) {
    let what = "\(name): \(line.text), which it got as number \(former.number)"
    if line.words[4] != former.number {
      if isOurs || !isDamaged { failures.append("\(what): it is twice in the journal") }
    } else if former.incarnation == incarnation {
      failures.append("\(what) from the same process")
    } else if former.isDone {
      failures.append("\(what) and acknowledged")
    } else if line.words[5] != "again" {
      failures.append("\(what), unmarked")
    }
  }
}
