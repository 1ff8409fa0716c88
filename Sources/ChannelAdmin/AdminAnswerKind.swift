// What an answer's last line calls it.

/// The kinds of answers.
enum AdminAnswerKind: String {
  case status, channels, steps, reloaded, configuration, letters, letter
  case letterCount = "letter_count"

  init(_ answer: AdminAnswer) {
    self =
      switch answer {
      case .status: .status
      case .channels: .channels
      case .steps: .steps
      case .reloaded: .reloaded
      case .configuration: .configuration
      case .letters: .letters
      case .letter: .letter
      case .letterCount: .letterCount
      }
  }
}
