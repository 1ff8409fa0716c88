// Tables in aligned columns.

/// Rows below a heading, for people; scripts take `--json`.
package struct TextTable {
  package enum Alignment: Sendable { case left, right }

  private let headings: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  package init(_ columns: [(heading: String, alignment: Alignment)]) {
    headings = columns.map(\.heading)
    alignments = columns.map(\.alignment)
  }

  package var isEmpty: Bool { rows.isEmpty }

  package mutating func add(_ cells: [String]) {
    precondition(cells.count == headings.count, "a row has a cell for each column")
    rows.append(cells.map { HarmlessText.text($0) })
  }

  /// The lines, each ended; no white space at their ends.
  package func text(style: Style = .plain, indent: Int = 0) -> String {
    let widths = headings.indices.map { column in
      max(headings[column].count, rows.map { $0[column].count }.max() ?? 0)
    }
    let begin = String(repeating: " ", count: indent)
    func line(_ cells: [String]) -> String {
      var line = cells.indices.map { column in
        let blank = String(repeating: " ", count: widths[column] - cells[column].count)
        return alignments[column] == .left ? cells[column] + blank : blank + cells[column]
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
    return begin + style(.heading, line(headings)) + "\n" + rows.map { begin + line($0) + "\n" }.joined()
  }
}
