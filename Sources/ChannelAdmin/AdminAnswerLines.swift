// Answers as lines.

internal import ChannelMessages

/// The lines of an answer without their line feeds, each made when it is asked for: nobody has to hold them all.
package struct AdminAnswerLines: Sequence, IteratorProtocol {
  private let answer: AdminAnswer
  private var place = 0

  package init(_ answer: AdminAnswer) {
    self.answer = answer
  }

  package mutating func next() -> [UInt8]? {
    guard place <= partCount else { return nil }
    defer { place += 1 }
    return place == partCount ? last : part(place)
  }

  // MARK: Parts

  private var partCount: Int {
    switch answer {
    case .status(let status): 1 + status.roots.count + status.handlers.count + status.bridges.count
    case .channels(let channels): channels.count
    case .steps(let steps): steps.count
    case .reloaded: 1
    case .configuration(let text): Self.pieceCount(text.utf8.count)
    case .letters(let letters): letters.count
    case .letter(_, let message): 1 + Self.pieceCount(message.count)
    case .letterCount: 1
    }
  }

  private func part(_ place: Int) -> [UInt8] {
    switch answer {
    case .status(let status):
      if place == 0 { return Self.line("status") { status.write(to: &$0) } }
      var rest = place - 1
      if rest < status.roots.count { return Self.line("root") { status.roots[rest].write(to: &$0) } }
      rest -= status.roots.count
      if rest < status.handlers.count { return Self.line("handler") { status.handlers[rest].write(to: &$0) } }
      return Self.line("bridge") { status.bridges[rest - status.handlers.count].write(to: &$0) }
    case .channels(let channels): return Self.line("channel") { channels[place].write(to: &$0) }
    case .steps(let steps): return Self.line("step") { steps[place].write(to: &$0) }
    case .reloaded(let report): return Self.line("reloaded") { report.write(to: &$0) }
    case .configuration(let text): return Self.piece(place, of: Array(text.utf8), as: "configuration")
    case .letters(let letters): return Self.line("letter") { letters[place].write(to: &$0) }
    case .letter(let letter, let message):
      return place == 0
        ? Self.line("letter") { letter.write(to: &$0) } : Self.piece(place - 1, of: message, as: "message")
    case .letterCount(let count): return JSONWriter.object { $0.member("letters", count) }
    }
  }

  private var last: [UInt8] { JSONWriter.object { $0.member("done", AdminAnswerKind(answer).rawValue) } }

  private static func line(_ key: String, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    JSONWriter.object { $0.member(key, body) }
  }

  private static func pieceCount(_ count: Int) -> Int {
    (count + AdminProtocol.pieceLength - 1) / AdminProtocol.pieceLength
  }

  /// A piece of text as such, or in hexadecimal digits where it is no text: a message that cannot be read may be anything.
  private static func piece(_ number: Int, of bytes: [UInt8], as key: String) -> [UInt8] {
    let piece = cut(number, bytes)..<cut(number + 1, bytes)
    return JSONWriter.object { writer in
      if let text = String(validating: bytes[piece], as: UTF8.self) {
        writer.member(key, text)
      } else {
        let digits = bytes[piece].flatMap { [Hexadecimal.digit($0 >> 4), Hexadecimal.digit($0 & 0x0F)] }
        writer.member("\(key)_hex", String(decoding: digits, as: UTF8.self))
      }
    }
  }

  /// Where a piece begins: no character is cut in two.
  private static func cut(_ number: Int, _ bytes: [UInt8]) -> Int {
    let wanted = number * AdminProtocol.pieceLength
    guard wanted < bytes.count else { return bytes.count }
    // No character has more than three bytes behind its first.
    return (Swift::max(0, wanted - 3)...wanted).last { bytes[$0] & 0xC0 != 0x80 } ?? wanted
  }
}
