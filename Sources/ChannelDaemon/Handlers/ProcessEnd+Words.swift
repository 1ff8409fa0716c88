// The end of a program in words.

internal import LinuxIO

extension ProcessEnd {
  /// What is said of a program that ended so.
  var words: String {
    switch self {
    case .exited(let status): "ended with status \(status)"
    case .signalled(let number): "was ended by signal \(number)"
    case .unknown: "ended, and its status went to somebody else,"
    }
  }
}
