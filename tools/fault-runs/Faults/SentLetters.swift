// What was sent in one direction, as its senders tell it.

internal import ChannelMessages

/// Every letter of a direction, and what its sender knows of it.
struct SentLetters {
  enum Fate: Equatable {
    /// The sender did not live to hear of it, or cannot tell.
    case unknown
    /// The id is known of ours.
    case acknowledged(id: String?)
    case refused
  }

  private(set) var ours: [Letter: Fate] = [:]
  private(set) var foreign: [Letter: Fate] = [:]
  /// Letters of strangers that keep no rule.
  private(set) var wild: Set<Letter> = []
  private(set) var unexpected: [String] = []
  /// When the sending of each began.
  private(set) var times: [Letter: Int] = [:]

  mutating func take(_ lines: [LogLine], of program: String, isOurs: Bool, tears: Bool) {
    for line in lines {
      var fate: Fate?
      switch line.verb {
      case "try": fate = .unknown
      case "ack": fate = .acknowledged(id: isOurs ? line.words.last.map(String.init) : nil)
      case "unseen":
        fate = .acknowledged(id: nil)
        unexpected.append("\(program): \(line.text)")
      case "unsent":
        fate = .refused
        if isOurs { unexpected.append("\(program): \(line.text)") }
      case "unsure":
        if !tears, line.text.contains("ValueError") { unexpected.append("\(program): \(line.text)") }
      default: break
      }
      guard let fate else { continue }
      if line.verb == "try" { times[line.letter] = line.time }
      if isOurs { ours[line.letter] = fate } else { foreign[line.letter] = fate }
    }
  }

  /// What the other end of a bridge told it: a letter counts from the first telling on.
  mutating func takeTold(_ lines: [LogLine]) {
    for line in lines {
      switch line.verb {
      case "try" where ours[line.letter] == nil: ours[line.letter] = .unknown
      case "ack": ours[line.letter] = .acknowledged(id: nil)
      default: break
      }
    }
  }

  mutating func takeWild(_ lines: [LogLine]) {
    for line in lines where line.verb == "try" { wild.insert(line.letter) }
  }
}
