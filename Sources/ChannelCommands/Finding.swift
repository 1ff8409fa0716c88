// One thing that `doctor` has found out.

internal import ChannelMessages
internal import Transom

/// What was looked at, what is so, and what to do about it.
package struct Finding: Hashable, Sendable {
  package enum Severity: String, Hashable, Sendable, CaseIterable {
    case good = "ok"
    /// Worth knowing; nothing is wrong.
    case note
    /// Something goes wrong, or soon will, under circumstances that are named.
    case warning
    /// Something does not work.
    case problem
  }

  /// What kind of trouble it is, which decides what the program ends with.
  package enum Kind: Hashable, Sendable {
    /// Rights, limits, clocks, file systems.
    case system
    case lock
    /// Bytes that cannot be read.
    case damage
  }

  package var severity: Severity
  package var kind: Kind
  /// What was looked at, in a few words.
  package var subject: String
  package var what: String
  /// What to do, mostly a command to type; nil where nothing has to be done.
  package var fix: String?

  package init(_ severity: Severity, _ subject: String, _ what: String, kind: Kind = .system, fix: String? = nil) {
    self.severity = severity
    self.kind = kind
    self.subject = subject
    self.what = what
    self.fix = fix
  }

  /// Whether something is wrong.
  package var isTrouble: Bool { severity == .warning || severity == .problem }

  /// What a program ends with that has found these: damage counts most, then what the system refuses, then locks.
  package static func exitStatus(of findings: [Finding]) -> Int32 {
    let kinds = Set(findings.filter(\.isTrouble).map(\.kind))
    if kinds.contains(.damage) { return ChannelError.Code.damaged.exitStatus }
    if kinds.contains(.system) { return ChannelError.Code.refused.exitStatus }
    return kinds.contains(.lock) ? ChannelError.Code.lockTimeout.exitStatus : 0
  }

  /// Some lines for people; `width` is that of the terminal, nil where lines may be as long as they are.
  package func text(style: Style = .plain, width: Int? = nil) -> String {
    let role: Style.Role =
      switch severity {
      case .good: .good
      case .note: .faint
      case .warning: .warning
      case .problem: .error
      }
    let word = severity.rawValue
    let begin = "  " + style(role, word) + String(repeating: " ", count: Self.column - word.count)
    let lines = Self.lines("\(subject): \(what)", width)
    let fixes = fix.map { Self.lines("fix: \($0)", width) } ?? []
    let blank = String(repeating: " ", count: Self.column + 2)
    return begin + (lines + fixes).joined(separator: "\n" + blank) + "\n"
  }

  private static let column = 9

  private static func lines(_ text: String, _ width: Int?) -> [String] {
    let harmless = HarmlessText.text(text)
    return width.map { Paragraph.lines(harmless, width: max(30, $0 - column - 3)) } ?? [harmless]
  }

  /// One object.
  package func json(about place: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    for (key, text) in [("severity", severity.rawValue), ("about", place), ("subject", subject), ("what", what)] {
      writer.key(key)
      writer.string(text)
    }
    writer.key("fix")
    if let fix { writer.string(fix) } else { writer.null() }
    writer.endObject()
    return writer.bytes
  }
}
