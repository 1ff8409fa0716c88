// Dead letters as they are shown.

internal import ChannelAdmin
internal import ChannelMessages
package import ChannelModel

/// Writes dead letters for people, and for programs where that is more than the letter itself.
package enum LetterText {
  /// Letters in columns.
  package static func table(_ letters: [DeadLetter], at now: WallTime, style: Style = .plain) -> String {
    var table = TextTable([
      ("LETTER", .right), ("AGE", .right), ("CHANNEL", .left), ("METHOD", .left), ("REASON", .left),
      ("ATTEMPTS", .right), ("LAST ERROR", .left),
    ])
    for letter in letters {
      table.add([
        "\(letter.number)", DurationText.text(DateText.distance(letter.last.time, now)), letter.channel,
        letter.method ?? letter.kind.rawValue, words(letter.reason), "\(letter.attempts)", letter.last.error,
      ])
    }
    return table.text(style: style)
  }

  /// One letter with its message.
  package static func page(
    _ letter: DeadLetter,
    _ message: [UInt8],
    at now: WallTime,
    dates: DateText,
    style: Style = .plain
  ) -> String {
    let name = letter.method.map { " \($0)" } ?? ""
    var text = row("letter", "\(letter.number): \(letter.kind.rawValue)\(name)", style)
    text += row("channel", "\(letter.channel), \(letter.direction.writer) to \(letter.direction.reader)", style)
    let attempts = letter.attempts == 1 ? "1 attempt" : "\(letter.attempts) attempts"
    text += row("given up", "\(words(letter.reason)), after \(attempts)", style)
    if letter.attempts > 1, letter.first != letter.last {
      text += row("first", failure(letter.first, now, dates), style)
    }
    text += row("last", failure(letter.last, now, dates), style)
    let size = ByteCountText.text(UInt64(max(0, letter.byteCount)))
    text += row("message", "\(letter.id), number \(letter.sequence), \(size)", style) + "\n"
    return text + body(message, style)
  }

  /// One object: the letter, and its message, which is text where it is no JSON.
  package static func json(_ letter: DeadLetter, _ message: [UInt8]) -> [UInt8] {
    JSONWriter.object { writer in
      letter.write(to: &writer)
      if let value = try? JSONText(validating: message) {
        writer.key("message")
        writer.compact(value)
      } else {
        writer.member("text", String(decoding: message, as: UTF8.self))
      }
    }
  }

  // MARK: Parts

  private static func words(_ reason: DeadLetter.Reason) -> String {
    reason.rawValue.split(separator: "-").joined(separator: " ")
  }

  private static func failure(_ failure: DeadLetter.Failure, _ now: WallTime, _ dates: DateText) -> String {
    "\(dates.text(failure.time)), \(DateText.ago(failure.time, from: now)): \(failure.error)"
  }

  private static func body(_ message: [UInt8], _ style: Style) -> String {
    guard (try? JSONText(validating: message)) != nil else {
      return HarmlessText.text(String(decoding: message, as: UTF8.self), keeping: ["\n", "\t"]) + "\n"
    }
    return String(decoding: JSONLayout.text(of: message, style: style, isIndented: true), as: UTF8.self) + "\n"
  }

  private static func row(_ name: String, _ text: String, _ style: Style) -> String {
    style(.heading, name) + String(repeating: " ", count: 10 - name.count) + HarmlessText.text(text) + "\n"
  }
}
