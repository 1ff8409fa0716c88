import Foundation
import TestSupport
import Testing

/// One line of a table in `fixtures/json`: a name, a text with everything but printable ASCII written as `%XX`, and
/// verdicts.
struct Fixture: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  /// The columns after the text.
  let verdicts: [String]

  var testDescription: String { name }

  static func table(_ file: String) -> [Fixture] {
    lines("json/" + file).map { line in
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let bytes = TestSupport.Fixture.unescaped(columns[1])
      return Fixture(name: columns[0], bytes: bytes, verdicts: Array(columns.dropFirst(2)))
    }
  }

  /// Fills a table's last columns with what we say now, when somebody asks for it: the difference is to be reviewed.
  static func record(_ file: String, keeping kept: Int, _ ours: (Fixture) -> [String]) throws {
    guard ProcessInfo.processInfo.environment["TRANSOM_RECORD"] != nil else { return }
    let old = try String(contentsOf: url(file), encoding: .utf8).split(separator: "\n")
    let comments = old.filter { $0.hasPrefix("#") }.map(String.init)
    let lines = zip(old.filter { !$0.hasPrefix("#") }, table(file)).map { line, fixture in
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).prefix(kept).map(String.init)
      return (columns + ours(fixture)).joined(separator: "\t")
    }
    try ((comments + lines).joined(separator: "\n") + "\n").write(to: url(file), atomically: true, encoding: .utf8)
  }

  /// The lines of a file in `fixtures` that are no comments.
  static func lines(_ path: String) -> [Substring] {
    let text = (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
  }

  private static var root: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "fixtures")
  }

  private static func url(_ file: String) -> URL { root.appending(path: "json").appending(path: file) }
}

extension [UInt8] {
  /// The text's bytes.
  init(_ text: String) { self = Array(text.utf8) }
}
