// Bars for README.

internal import Glibc
internal import LinuxIO

/// A picture of the figures of one row: a bar for us and one for each contender.
struct Plot {
  private struct Bar {
    let name: String
    let value: Double
    let isOurs: Bool
  }

  private let title: String
  private let unit: Unit
  private let bars: [Bar]

  /// Writes one picture for each row that has a contender and lies in memory.
  static func writeAll(of figures: [Figure], to folder: String) throws {
    for row in Rows.all.compactMap({ $0 as? Comparison }) {
      let own = figures.filter { $0.row == row.name && $0.contender != nil }
      guard let first = own.first else { continue }
      var bars = [Bar(name: row.ours.name, value: first.value, isOurs: true)]
      for figure in own {
        guard let name = figure.contender, let value = figure.other else { continue }
        bars.append(Bar(name: name, value: value, isOurs: name.hasPrefix("Transom")))
      }
      let plot = Plot(title: row.name, unit: row.unit, bars: bars)
      try write(plot.svg, to: "\(folder)/\(fileName(of: row.name)).svg")
    }
  }

  private static func fileName(of row: String) -> String {
    row.split { !$0.isLetter && !$0.isNumber }.joined(separator: "-").lowercased()
  }

  private static func write(_ text: String, to path: String) throws {
    let file = unsafe fopen(path, "w")
    guard let file = unsafe file else { throw SystemError("fopen", on: path, code: errno) }
    let isWritten = unsafe fputs(text, file) >= 0
    guard unsafe fclose(file) == 0, isWritten else { throw SystemError("write", on: path, code: errno) }
  }

  /// Readable on white and on black: colours follow what the reader's browser prefers.
  private var svg: String {
    let width = 780
    let (left, right, top, step) = (310, 110, 44, 28)
    let height = top + bars.count * step + 8
    let highest = bars.map(\.value).max() ?? 1
    var lines = [
      #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(width) \#(height)" width="\#(width)" "#
        + #"height="\#(height)" role="img" aria-label="\#(Self.escaped(title))">"#,
      "<style>",
      "text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600; font-size: 15px }",
      ".ours { fill: #d9480f } .other { fill: #8b98a5 }",
      "@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .ours { fill: #ff8a4c } .other { fill: #6e7a86 } }",
      "</style>",
      #"<text class="title" x="8" y="24">\#(Self.escaped(title)), \#(unit.rawValue)\#(unit.isRate ? "" : " (less is better)")</text>"#,
    ]
    for (place, bar) in bars.enumerated() {
      let y = top + place * step
      let length = max(1, Int((bar.value / highest * Double(width - left - right)).rounded()))
      lines += [
        #"<text x="\#(left - 10)" y="\#(y + 14)" text-anchor="end">\#(Self.escaped(bar.name))</text>"#,
        #"<rect class="\#(bar.isOurs ? "ours" : "other")" x="\#(left)" y="\#(y)" width="\#(length)" height="19" rx="2"/>"#,
        #"<text x="\#(left + length + 8)" y="\#(y + 14)">\#(Decimal.text(bar.value))</text>"#,
      ]
    }
    return lines.joined(separator: "\n") + "\n</svg>\n"
  }

  private static func escaped(_ text: String) -> String {
    text.map { $0 == "&" ? "&amp;" : $0 == "<" ? "&lt;" : $0 == "\"" ? "&quot;" : String($0) }.joined()
  }
}
