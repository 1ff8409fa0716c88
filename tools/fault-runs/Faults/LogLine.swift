// A line of a program's log.

/// When, and what, in words.
struct LogLine {
  let time: Int
  let words: [Substring]

  var verb: Substring { words[0] }
  /// Who sent the message that it tells of.
  var sender: String { words.count > 1 ? String(words[1]) : "" }
  var number: Int { words.count > 2 ? Int(words[2]) ?? 0 : 0 }
  var letter: Letter { Letter(sender: sender, number: number) }
  var text: String { words.joined(separator: " ") }

  init?(_ line: Substring) {
    let parts = line.split(separator: " ", maxSplits: 6)
    guard parts.count >= 2, let time = Int(parts[0]) else { return nil }
    self.time = time
    words = Array(parts.dropFirst())
  }

  /// All of a file; one that is not there has none.
  static func all(in path: String) -> [LogLine] {
    (Disk.text(path) ?? "").split(separator: "\n").compactMap { LogLine($0) }
  }
}
