// One line of the daemon's log.

internal import ChannelMessages
package import ChannelModel

/// What happened, where, and what belongs to it.
package struct LogLine: Sendable, Hashable {
  package enum Value: Sendable, Hashable {
    case text(String)
    case number(Int64)
  }

  package struct Field: Sendable, Hashable {
    package let name: String
    package let value: Value

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = .text(value)
    }

    package init(_ name: String, _ value: Int64) {
      self.name = name
      self.value = .number(value)
    }
  }

  package let time: WallTime
  package let level: LogLevel
  package let part: LogPart
  package let text: String
  package let fields: [Field]

  package init(_ time: WallTime, _ level: LogLevel, _ part: LogPart, _ text: String, _ fields: [Field] = []) {
    self.time = time
    self.level = level
    self.part = part
    self.text = text
    self.fields = fields
  }

  /// For people: `2026-11-21T20:42:10.123Z info channels: appeared channel=/run/app/ui`.
  package var plain: String {
    let rest = fields.map { " \($0.name)=\(Self.plain($0.value))" }.joined()
    return "\(UTCText.text(time)) \(level.rawValue) \(part.rawValue): \(Self.harmless(text))\(rest)"
  }

  /// For programs: an object with `time`, `level`, `part`, `message` and the fields.
  package var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    for (name, text) in [
      ("time", UTCText.text(time)), ("level", level.rawValue), ("part", part.rawValue), ("message", text),
    ] {
      writer.key(name)
      writer.string(text)
    }
    for field in fields {
      writer.key(field.name)
      switch field.value {
      case .text(let text): writer.string(text)
      case .number(let number): writer.integer(number)
      }
    }
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func plain(_ value: Value) -> String {
    switch value {
    case .number(let number): return String(number)
    case .text(let text):
      let isWord = !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value < 127 && $0 != "\"" }
      return isWord ? text : "\"\(harmless(text).replacing("\"", by: "'"))\""
    }
  }

  /// Nothing that others wrote moves a terminal's cursor, or begins a line of its own.
  private static func harmless(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          scalar.properties.generalCategory == .control ? " " : scalar
        }
      )
    )
  }
}

extension String {
  fileprivate func replacing(_ character: Character, by other: Character) -> String {
    String(map { $0 == character ? other : $0 })
  }
}
