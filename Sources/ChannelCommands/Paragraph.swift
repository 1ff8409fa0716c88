// Text in lines of a certain width.

/// Breaks text between words.
package enum Paragraph {
  /// The text in lines of at most `width` characters; a longer word gets a line of its own.
  package static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// Rows of a name and what it is, the second parts below each other.
  package static func rows(_ rows: [(name: String, says: String)], width: Int, style: Style) -> String {
    let column = min(28, (rows.map(\.name.count).max() ?? 0) + 2)
    var text = ""
    for row in rows {
      let lines = lines(row.says, width: max(20, width - column - 2))
      let isTooLong = row.name.count > column - 2
      text += "  " + style(.name, row.name)
      text += isTooLong ? "\n" : String(repeating: " ", count: column - row.name.count)
      for (place, line) in lines.enumerated() {
        if place > 0 || isTooLong { text += String(repeating: " ", count: column + 2) }
        text += line + "\n"
      }
      if lines.isEmpty, !isTooLong { text += "\n" }
    }
    return text
  }
}
